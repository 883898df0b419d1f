import type { Queryable } from '../../db/database.ts';
import type { Grant } from '../access.ts';
import type { FhirContext } from '../context.ts';
import { invalid, multipleMatches, notFound, ok, preconditionFailed, type Refusal, type Result } from '../outcome.ts';
import { matchMany } from '../search/match.ts';
import { uuid7 } from '../store/uuid.ts';
import { atEntry } from './bundle-entries.ts';
import { criteriaName, type Links, rewriteCriteria } from './transaction-links.ts';
import type { Step } from './transaction-steps.ts';

export type WritingStep = Exclude<Step, { kind: 'read' }>;

/** A step whose criteria have been answered. `existing`: of a conditional create, what is there already. */
export type Resolved = { step: WritingStep; id: string | null; existing: { id: string; version: number } | null };

type Match = { id: string; version: number };

/** What the criteria of a step come to, now that it is known what they match. */
function answered(context: FhirContext, step: WritingStep, matches: readonly Match[]): Result<Resolved> {
  const { kind, type, entry } = step;
  const [match = null, another] = matches;
  if (another) return multipleMatches(`The criteria match more than one ${type}`);
  if (kind === 'create') return ok({ step, id: match?.id ?? step.id, existing: match });
  if (kind === 'delete') return ok({ step, id: match?.id ?? null, existing: null });
  if (kind === 'patch')
    return match ? ok({ step, id: match.id, existing: null }) : notFound(`No ${type} matches the criteria`);
  const own = step.parsed.resource.id;
  if (!match && entry.headers.has('if-match')) return preconditionFailed('ifMatch is given, but nothing matches');
  if (match && own !== undefined && own !== match.id)
    return invalid(`The criteria match another ${type} than the id says`, `${type}.id`);
  return ok({ step, id: match?.id ?? own ?? uuid7(context.now()), existing: null });
}

/** Two entries that mean the same resource, or that would create it under the same condition, refuse the transaction. */
function overlap(resolved: readonly Resolved[]): Refusal | null {
  const names = new Map<string, number>();
  for (const { step, id } of resolved) {
    const conditional = step.kind === 'create' && step.criteria !== null;
    if (id === null || (step.kind === 'create' && !conditional)) continue;
    const name = conditional ? criteriaName(step.type, step.criteria ?? '') : `${step.type}/${id}`;
    const other = names.get(name);
    if (other !== undefined) {
      const what = conditional
        ? `the same ifNoneExist as Bundle.entry[${other}]`
        : `${name}, as Bundle.entry[${other}] does`;
      return atEntry(step.entry.index, invalid(`It is about ${what}; each resource may appear once in a transaction`));
    }
    names.set(name, step.entry.index);
  }
  return null;
}

/**
 * Which resource each entry is about, and with that what its fullUrl stands for. Criteria that name other conditional
 * entries by their fullUrl are answered after those.
 *
 * @see https://hl7.org/fhir/R4/http.html#trules
 */
export async function resolveSteps(
  context: FhirContext,
  grant: Grant,
  steps: readonly WritingStep[],
  links: Links,
  on: Queryable,
): Promise<Result<Resolved[]>> {
  const resolved = new Map<WritingStep, Resolved>();
  const settle = (one: Resolved): void => {
    resolved.set(one.step, one);
    if (one.id !== null) links.set(one.step.entry.fullUrl, one.step.type, one.id);
  };
  const conditional = steps.filter((step) => step.criteria !== null);
  for (const step of steps) if (step.criteria === null) settle({ step, id: step.id, existing: null });
  const pending = conditional.flatMap(({ entry }) => entry.fullUrl ?? []);
  const waits = (step: WritingStep): boolean => {
    const query = decodeURIComponent((step.criteria ?? '').replace(/%(?![0-9a-f]{2})/gi, '%25'));
    return /urn:|\//.test(query) && pending.some((fullUrl) => query.includes(fullUrl));
  };
  const later = new Set(conditional.filter(waits));
  for (const round of [conditional.filter((step) => !later.has(step)), [...later]]) {
    if (round.length === 0) continue;
    const criteria = round.map(({ type, criteria: query, entry }) => ({
      type,
      query: rewriteCriteria(query ?? '', links.lookup(entry.fullUrl)),
    }));
    const found = await matchMany(context, grant, criteria, on);
    for (const [place, step] of round.entries()) {
      const matches = found[place];
      if (!matches) throw new Error('a match was not answered');
      const one = matches.ok ? answered(context, step, matches.value) : matches;
      if (!one.ok) return atEntry(step.entry.index, one);
      settle(one.value);
    }
  }
  const all = steps.flatMap((step) => resolved.get(step) ?? []);
  return overlap(all) ?? ok(all);
}
