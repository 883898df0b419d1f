import type { Queryable } from '../../db/database.ts';
import type { Grant } from '../access.ts';
import type { Definitions } from '../definitions/definitions.ts';
import { standIns } from '../definitions/primary.ts';
import { searchParameter } from '../definitions/search-parameters.ts';
import type { Result } from '../outcome.ts';
import { invalid, notSupported, ok } from '../outcome.ts';
import { isResourceType, isWrittenByServer } from '../resources.ts';
import { chained, pointedTo } from './chain.ts';
import { commonParameter, isCommon } from './common.ts';
import { allOf, anyOf, type Condition, not } from './condition.ts';
import { modifiers } from './modifiers/index.ts';
import type { Modifier } from './modifiers/modifier.ts';
import type { Asked, Criterion } from './request.ts';
import { parameterTypes } from './types/index.ts';
import { referenceCondition } from './types/reference.ts';
import type { Target } from './types/type.ts';

/** Where criteria are asked: of one type, under one grant. */
export type Asking = {
  grant: Grant;
  on: Queryable;
  definitions: Definitions;
  type: string;
  /** `http://host/fhir/R4`, or empty where it is not known. */
  base: string;
  /** ms since 1970. */
  now: number;
};

const byCode = new Map<string, Modifier>(modifiers.map((modifier) => [modifier.code, modifier]));

/** Whether a type has the parameter that a criterion begins with. */
export function isKnown(definitions: Definitions, type: string, criterion: Criterion): boolean {
  if (criterion.kind !== 'parameter' && criterion.kind !== 'chain') return true;
  const { code } = criterion;
  return code !== '_query' && (isCommon(code) || searchParameter(definitions, type, code) !== undefined);
}

/** What a criterion asks of rows. A promise only where something has to be looked up first. */
export function conditionOf(asking: Asking, criterion: Criterion): Result<Condition> | Promise<Result<Condition>> {
  switch (criterion.kind) {
    case 'parameter':
      return askedCondition(asking, criterion);
    case 'chain':
      return chained(asking, criterion);
    case 'has':
      return pointedTo(asking, criterion);
    case 'not':
      return denied(asking, criterion.of);
    case 'all':
    case 'any':
      return combined(asking, criterion.kind, criterion.of);
  }
}

async function denied(asking: Asking, criterion: Criterion): Promise<Result<Condition>> {
  const condition = await conditionOf(asking, criterion);
  return condition.ok ? ok(not(condition.value)) : condition;
}

async function combined(
  asking: Asking,
  kind: 'all' | 'any',
  criteria: readonly Criterion[],
): Promise<Result<Condition>> {
  const conditions: Condition[] = [];
  for (const criterion of criteria) {
    const condition = await conditionOf(asking, criterion);
    if (!condition.ok) return condition;
    conditions.push(condition.value);
  }
  return ok(kind === 'all' ? allOf(conditions) : anyOf(conditions));
}

export const unknownParameter = (type: string, name: string): Result<never> =>
  invalid(`${type} has no search parameter ${JSON.stringify(name.slice(0, 200))}`);

/** The ledger names nobody, and is not searched by words. */
const noTexts = (type: string, name: string): Result<never> =>
  notSupported(`${name}: ${type} keeps no names and no texts; search it by agent, patient, entity, date and codes`);

function askedCondition(asking: Asking, asked: Asked): Result<Condition> | Promise<Result<Condition>> {
  const { grant, on, definitions, type, base, now } = asking;
  const { name, code, modifier, values } = asked;
  if (isWrittenByServer(type) && (code === '_text' || code === '_content')) return noTexts(type, name);
  const common = commonParameter(type, code);
  if (common) return common({ name, modifier, values, now }, { grant, on });
  const codes = standIns(type, code) ?? [code];
  const targets: Target[] = [];
  for (const one of codes) {
    const parameter = searchParameter(definitions, type, one);
    if (!parameter || one === '_query') return unknownParameter(type, name);
    if (parameter.type === 'string' && isWrittenByServer(type)) return noTexts(type, name);
    targets.push({ tenant: grant.tenant, type, parameter, name, definitions, base, now });
  }
  const [only] = targets;
  if (modifier === null) {
    if (targets.length === 1 && only) return parameterTypes[only.parameter.type].condition(only, values);
    return collected(targets.map((target) => parameterTypes[target.parameter.type].condition(target, values)));
  }
  return modified(asking, targets, modifier, values);
}

/** Any of what several parameters say, which together are one. */
function collected(results: readonly Result<Condition>[]): Result<Condition> {
  const conditions: Condition[] = [];
  for (const one of results) {
    if (!one.ok) return one;
    conditions.push(one.value);
  }
  return ok(anyOf(conditions));
}

function modified(
  asking: Asking,
  targets: readonly Target[],
  code: string,
  values: readonly string[],
): Result<Condition> | Promise<Result<Condition>> {
  const [first] = targets;
  if (first?.parameter.type === 'reference' && isResourceType(code))
    return collected(targets.map((target) => referenceCondition(target, values, code)));
  const modifier = byCode.get(code);
  const type = first?.parameter.type;
  if (!modifier || !type || !modifier.types.includes(type)) return wrongModifier(first, code);
  const results = targets.map((target) => modifier.condition(target, values, asking));
  const finish = (done: readonly Result<Condition>[]): Result<Condition> => {
    const condition = collected(done);
    return condition.ok && modifier.denies(values) ? ok(not(condition.value)) : condition;
  };
  if (results.some((one) => one instanceof Promise)) return Promise.all(results).then(finish);
  // None of them is a promise.
  return finish(results as Result<Condition>[]);
}

function wrongModifier(target: Target | undefined, code: string): Result<never> {
  const type = target?.parameter.type ?? 'special';
  const allowed = modifiers.filter((one) => one.types.includes(type) && !one.code.startsWith('filter-'));
  const names = allowed.map((one) => `:${one.code}`).join(', ');
  return notSupported(
    `${target?.name}: a parameter of type ${type} has the modifiers ${names}${type === 'reference' ? ' and :[type]' : ''}, not :${code.slice(0, 100)}`,
  );
}
