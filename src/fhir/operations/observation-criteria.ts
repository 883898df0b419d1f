import type { FhirContext } from '../context.ts';
import { type Issue, ok, type Result } from '../outcome.ts';
import { isStrict } from '../preferences.ts';
import type { FhirRequest } from '../request.ts';
import type { Condition } from '../search/condition.ts';
import { conditionOf, isKnown, unknownParameter } from '../search/criteria.ts';
import { parse, parsePairs } from '../search/parse.ts';

export type Criteria = { conditions: Condition[]; names: string[]; issues: Issue[] };

/** What search parameters of Observation ask; unknown ones are passed over with a warning, as in a search. */
export async function observationCriteria(
  context: FhirContext,
  request: FhirRequest,
  query: string,
): Promise<Result<Criteria>> {
  const { grant, base } = request;
  const pairs = parsePairs(query);
  if (!pairs.ok) return pairs;
  const asked = parse(pairs.value);
  if (!asked.ok) return asked;
  const found: Criteria = { conditions: [], names: [], issues: [] };
  const { database: on, definitions } = context;
  const asking = { grant, on, definitions, type: 'Observation', base, now: context.now() };
  const strict = isStrict(request);
  for (const { criterion, pair } of asked.value.criteria) {
    if (!isKnown(definitions, 'Observation', criterion)) {
      const unknown = unknownParameter('Observation', pair.name);
      if (strict || unknown.ok) return unknown;
      found.issues.push(...unknown.issues.map((issue) => ({ ...issue, severity: 'warning' as const })));
      continue;
    }
    const condition = await conditionOf(asking, criterion);
    if (!condition.ok) return condition;
    found.conditions.push(condition.value);
    found.names.push(pair.name.split(/[:.]/, 1)[0] ?? '');
  }
  return ok(found);
}
