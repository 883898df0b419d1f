import { z } from 'zod';

import type { Issue } from '../../fhir/outcome.ts';
import { measureOf } from '../measures.ts';
import { type Expression, LONGEST_EXPRESSION, type Mapping, MOST_RULES, type Rule, type ValueRule } from './mapping.ts';

const text = z.string().min(1).max(LONGEST_EXPRESSION);
const language = z.enum(['jsonpath', 'jmespath']);

/** A text is an expression in what was matched; an object says more of it. */
const expression = z.union([
  text,
  z.strictObject({ expression: text, language: language.optional(), of: z.enum(['match', 'payload']).optional() }),
]);

const valued = { value: expression, unit: z.string().max(50).optional(), unitExpression: expression.optional() };

const reading = z.strictObject({
  name: z.string().min(1).max(100).optional(),
  match: expression.optional(),
  measure: z.string(),
  value: expression.optional(),
  unit: valued.unit,
  unitExpression: valued.unitExpression,
  components: z.record(z.string(), z.strictObject(valued)).optional(),
  start: expression,
  end: expression.optional(),
  timeUnit: z.enum(['s', 'ms']).optional(),
  zone: expression.optional(),
  device: expression.optional(),
  patient: expression.optional(),
  record: expression.optional(),
  version: expression.optional(),
});

const template = z.strictObject({
  title: z.string().max(200).optional(),
  language: language.optional(),
  readings: z.array(reading).min(1).max(MOST_RULES),
});

type Written = z.infer<typeof expression>;

const at = (path: readonly PropertyKey[]): string =>
  path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');

const fault = (expression: string, diagnostics: string): Issue => ({
  ...{ severity: 'error', code: 'invalid', diagnostics, expression },
});

/** What is wrong with the measures that a reading names. */
function measureFaults({ measure: id, components = {}, value }: z.infer<typeof reading>, path: string): Issue[] {
  const measure = measureOf(id);
  if (measure === undefined) return [fault(`${path}.measure`, `${id.slice(0, 100)} is no measure`)];
  const allowed = [...(measure.components ?? []), ...(measure.further ?? [])];
  const foreign = Object.keys(components).filter((one) => !allowed.includes(one));
  const missing = (measure.components ?? []).filter((one) => components[one] === undefined);
  return [
    ...foreign.map((one) =>
      fault(
        `${path}.components.${one.slice(0, 100)}`,
        `${id} has no such component: ${allowed.length === 0 ? 'none is' : `${allowed.join(', ')} are`} allowed`,
      ),
    ),
    ...missing.map((one) => fault(`${path}.components`, `${id} needs ${one}`)),
    ...(value === undefined && measure.kind !== 'components' ? [fault(`${path}.value`, `${id} needs a value`)] : []),
    ...(value !== undefined && measure.kind === 'components'
      ? [fault(`${path}.value`, `${id} has components and no value`)]
      : []),
  ];
}

/** A template of our own shape: which measure is where in a payload. */
export function ownMapping(content: unknown): { mapping: Mapping | null; issues: Issue[] } {
  const parsed = template.safeParse(content);
  if (!parsed.success)
    return { mapping: null, issues: parsed.error.issues.map(({ path, message }) => fault(at(path), message)) };
  const { title = '', language: usual = 'jsonpath', readings } = parsed.data;
  const issues = readings.flatMap((one, index) => measureFaults(one, `readings[${index}]`));
  const written = (one: Written): Expression =>
    typeof one === 'string'
      ? { language: usual, text: one, of: 'match' }
      : { language: one.language ?? usual, text: one.expression, of: one.of ?? 'match' };
  const maybe = (one: Written | undefined): Expression | null => (one === undefined ? null : written(one));
  const list = (one: Written | undefined): Expression[] => (one === undefined ? [] : [written(one)]);
  const value = (
    of: { value: Written; unit?: string | undefined; unitExpression?: Written | undefined },
    measure: string,
  ): ValueRule => ({
    value: written(of.value),
    unit:
      of.unit ??
      (of.unitExpression === undefined ? (measureOf(measure)?.unit?.code ?? null) : written(of.unitExpression)),
    required: true,
  });
  const rules = readings.map(
    (one, index): Rule => ({
      name: one.name ?? `readings[${index}]`,
      match: maybe(one.match),
      measure: one.measure,
      value: one.value === undefined ? null : value({ ...one, value: one.value }, one.measure),
      components: Object.fromEntries(Object.entries(one.components ?? {}).map(([id, of]) => [id, value(of, id)])),
      start: [written(one.start)],
      end: maybe(one.end),
      timeUnit: one.timeUnit ?? 'ms',
      zone: maybe(one.zone),
      device: list(one.device),
      patient: maybe(one.patient),
      record: maybe(one.record),
      version: maybe(one.version),
    }),
  );
  return { mapping: { title, rules }, issues };
}
