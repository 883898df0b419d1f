import { expand } from '../audit/render.ts';
import { searchParameter } from '../definitions/search-parameters.ts';
import type { Result } from '../outcome.ts';
import { forbidden, invalid, ok, tooCostly } from '../outcome.ts';
import { allOf, anyOf, type Condition, nothing, written } from './condition.ts';
import { type Asking, conditionOf, isKnown, unknownParameter } from './criteria.ts';
import { pointersOf } from './pointers.ts';
import type { Criterion } from './request.ts';
import { limits } from './request.ts';
import { Scan } from './scan.ts';
import { codesOf, seeing } from './seeing.ts';
import { Statement } from './statement.ts';
import { patientColumn, pointingTo, targetTypes } from './types/reference.ts';
import type { Target } from './types/type.ts';

type Chain = Extract<Criterion, { kind: 'chain' }>;
type Has = Extract<Criterion, { kind: 'has' }>;

/**
 * `subject:Patient.name=x`: points to a resource that the caller may search and of which the rest holds.
 *
 * @returns 403 where the grant allows none of the types it leads to
 */
export async function chained(asking: Asking, { code, type, next, name }: Chain): Promise<Result<Condition>> {
  const { grant, definitions } = asking;
  const parameter = searchParameter(definitions, asking.type, code);
  if (!parameter) return unknownParameter(asking.type, name);
  if (parameter.type !== 'reference')
    return invalid(`${name}: ${code} is no reference, so nothing can be chained to it`);
  const target: Target = { ...asking, tenant: grant.tenant, parameter, name };
  const targets = targetTypes(target);
  if (type !== null && !targets.includes(type)) return invalid(`${name}: ${code} does not point to ${type}`);
  const known = (type === null ? targets : [type]).filter((one) => isKnown(definitions, one, next));
  if (known.length === 0) return unknownParameter(type ?? targets.join(' or '), name);
  const scans = known.flatMap((one) => Scan.of(grant, one, 's') ?? []);
  if (scans.length === 0) return forbidden(`${name} needs to search ${known.join(' or ')}, which is not granted`);
  const conditions: Condition[] = [];
  for (const whole of scans) {
    const shown = seeing(whole, codesOf(next));
    if (!shown.ok) return shown;
    const scan = shown.value;
    const inner = await conditionOf({ ...asking, type: scan.type }, next);
    if (!inner.ok) return inner;
    const hop = await hopTo(asking, target, scan, inner.value);
    if (!hop.ok) return hop;
    conditions.push(hop.value);
  }
  return ok(anyOf(conditions));
}

async function hopTo(asking: Asking, target: Target, scan: Scan, inner: Condition): Promise<Result<Condition>> {
  if (scan.type === 'Patient' && patientColumn(asking.definitions, asking.type, target.parameter.code) !== null) {
    return ok(
      written(({ statement, row }) => {
        const p = statement.alias('p');
        return `${row}.patient in (select ${p}.id ${scan.from(statement, p, [inner])})`;
      }),
    );
  }
  const statement = new Statement(asking.grant.tenant);
  const text = `select p.id ${scan.from(statement, 'p', [inner])} limit ${limits.hop + 1}`;
  const rows = await asking.on.query(text, statement.params);
  if (rows.length > limits.hop) return tooMany(target.name, scan.type);
  // The select list is one text.
  const ids = rows.map(([id]) => id as string);
  return ok(
    ids.length === 0
      ? nothing
      : pointingTo(
          target,
          ids.map((id) => ({ type: scan.type, id })),
        ),
  );
}

const tooMany = (name: string, type: string): Result<never> =>
  tooCostly(`${name} goes through more than ${limits.hop} resources of type ${type}; narrow it`);

/**
 * `_has:Observation:patient:code=x`: a resource that the caller may search points here, and the rest holds of it.
 *
 * @returns 403 where the grant does not allow the type
 */
export async function pointedTo(asking: Asking, { type, code, next, name }: Has): Promise<Result<Condition>> {
  const { grant, definitions } = asking;
  const parameter = searchParameter(definitions, type, code);
  if (!parameter) return unknownParameter(type, name);
  const points = parameter.target.length === 0 || parameter.target.includes(asking.type);
  if (parameter.type !== 'reference' || !points)
    return invalid(`${name}: ${type}.${code} does not point to ${asking.type}`);
  if (!isKnown(definitions, type, next)) return unknownParameter(type, name);
  const whole = Scan.of(grant, type, 's');
  if (!whole) return forbidden(`${name} needs to search ${type}, which is not granted`);
  const shown = seeing(whole, [code, ...codesOf(next)]);
  if (!shown.ok) return shown;
  const scan = shown.value;
  const inner = await conditionOf({ ...asking, type }, next);
  if (!inner.ok) return inner;
  if (asking.type === 'Patient' && patientColumn(definitions, type, code) !== null) {
    return ok(
      written(({ statement, row }) => {
        const o = statement.alias('o');
        return `${row}.id in (select ${o}.patient ${scan.from(statement, o, [inner.value])} and ${o}.patient is not null)`;
      }),
    );
  }
  return pointedToFromText(asking, { type, code, name }, scan, inner.value);
}

/** Keys say that a row points to a given resource, not to which ones: those are read out of the text. */
async function pointedToFromText(
  asking: Asking,
  { type, code, name }: Omit<Has, 'kind' | 'next'>,
  scan: Scan,
  inner: Condition,
): Promise<Result<Condition>> {
  const statement = new Statement(asking.grant.tenant);
  const from = scan.from(statement, 'o', [allOf([inner])]);
  const rows = await asking.on.query(
    `select o.content, o.patient, o.keys ${from} limit ${limits.hop + 1}`,
    statement.params,
  );
  if (rows.length > limits.hop) return tooMany(name, type);
  const ids = new Set<string>();
  // The select list fixes the shape of a row.
  for (const [content, patient, held] of rows as [string, string | null, string[]][]) {
    const row = { type, content: expand(type, content), patient, keys: new Set(held.map(Number)) };
    for (const pointer of pointersOf(asking.grant.tenant, row, [code], asking))
      if ('type' in pointer && pointer.type === asking.type) ids.add(pointer.id);
  }
  if (ids.size > limits.hop) return tooMany(name, asking.type);
  return ok({ kind: 'ids', any: [...ids] });
}
