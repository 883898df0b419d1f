import { type Compiled, compileExpression, type Found } from './expression.ts';
import type { Expression, Mapping, Rule, ValueRule } from './mapping.ts';

/** A text, a number, or none; whatever else an expression may find is none. */
export type Scalar = string | number | null;

export type ExtractedValue = { value: Scalar; unit: Scalar };

/** What the expressions of a rule found for one reading. */
export type Extracted = {
  /** The place of its rule in the mapping. */
  rule: number;
  path: string;
  value: ExtractedValue | null;
  components: Readonly<Record<string, ExtractedValue>>;
  start: Scalar;
  end: Scalar;
  zone: Scalar;
  device: Scalar;
  patient: Scalar;
  record: Scalar;
  version: Scalar;
};

/** Readings that one payload may have. */
export const MOST_READINGS = 10_000;

/** Characters of a text that is taken over. */
const LONGEST = 1000;

type Run = (data: { payload: unknown; match: Found }) => Scalar;

function scalarOf(value: unknown): Scalar {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (typeof value === 'boolean') return String(value);
  return typeof value === 'string' ? value.slice(0, LONGEST) : null;
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What an expression of the kind sees. */
function seen(of: Expression['of'], payload: unknown, match: unknown): unknown {
  if (of === 'match') return match;
  if (of === 'payload') return payload;
  return { ...(isObject(payload) ? payload : {}), matchedToken: match };
}

function createRuns(): (expression: Expression) => Run {
  const compiled = new Map<string, Compiled>();
  return (expression) => {
    const key = `${expression.language} ${expression.text}`;
    const known = compiled.get(key);
    const run = known ?? compileExpression(expression);
    if (known === undefined) compiled.set(key, run);
    return ({ payload, match }) => {
      const found = run(seen(expression.of, payload, match.value)).map(({ value }) => scalarOf(value));
      return found.find((one) => one !== null) ?? null;
    };
  };
}

function matchesOf(rule: Rule, payload: unknown): Found[] {
  if (rule.match === null) return [{ value: payload, path: '' }];
  const found = compileExpression(rule.match)(payload).filter(({ value }) => value !== null && value !== undefined);
  return found.map(({ value, path }, index) => ({ value, path: path ?? `${rule.name}[${index}]` }));
}

/**
 * What the rules of a mapping find in a payload.
 *
 * @throws where an expression cannot be run on it, or there are more readings than may be
 */
export function extract({ rules }: Mapping, payload: unknown): Extracted[] {
  const runOf = createRuns();
  const extracted: Extracted[] = [];
  for (const [index, rule] of rules.entries()) {
    const first = (list: readonly Expression[]): Run => {
      const runs = list.map(runOf);
      return (data) => {
        for (const run of runs) {
          const found = run(data);
          if (found !== null) return found;
        }
        return null;
      };
    };
    const one = (expression: Expression | null): Run => first(expression === null ? [] : [expression]);
    const valued = ({ value, unit }: ValueRule) => {
      const [amount, in_] = [one(value), one(typeof unit === 'string' ? null : unit)];
      return (data: Parameters<Run>[0]): ExtractedValue => ({
        value: amount(data),
        unit: typeof unit === 'string' ? unit : in_(data),
      });
    };
    const value = rule.value === null ? null : valued(rule.value);
    const components = Object.entries(rule.components).map(([id, of]) => [id, valued(of)] as const);
    const [start, end, zone, device] = [first(rule.start), one(rule.end), one(rule.zone), first(rule.device)];
    const [patient, record, version] = [one(rule.patient), one(rule.record), one(rule.version)];
    for (const match of matchesOf(rule, payload)) {
      if (extracted.length >= MOST_READINGS) throw new Error(`one payload may have ${MOST_READINGS} readings at most`);
      const data = { payload, match };
      extracted.push({
        ...{ rule: index, path: match.path ?? '', value: value === null ? null : value(data) },
        components: Object.fromEntries(components.map(([id, of]) => [id, of(data)])),
        ...{ start: start(data), end: end(data), zone: zone(data), device: device(data) },
        ...{ patient: patient(data), record: record(data), version: version(data) },
      });
    }
  }
  return extracted;
}
