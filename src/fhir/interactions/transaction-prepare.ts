import type { Queryable } from '../../db/database.ts';
import type { Grant } from '../access.ts';
import type { FhirContext } from '../context.ts';
import type { Parsed } from '../json.ts';
import { multipleMatches, ok, preconditionFailed, type Result } from '../outcome.ts';
import { matchMany } from '../search/match.ts';
import { type Draft, draft } from '../store/draft.ts';
import type { Stored } from '../store/release.ts';
import { storable } from '../store/storable.ts';
import { mayWrite } from '../store/write.ts';
import { checked } from './body.ts';
import { atEntry, type BundleEntry } from './bundle-entries.ts';
import { takeTurns } from './entry-request.ts';
import { referencesIn, rewriteLinks } from './rewrite.ts';
import { conditionalReference, type Links, rewriteCriteria } from './transaction-links.ts';

/** A resource that will be written, and under which id. `stored` is the version that it takes the place of. */
export type Coming = { entry: BundleEntry; parsed: Parsed; id: string; interaction: 'c' | 'u'; stored?: Stored };

/**
 * Finds what the conditional references of all entries stand for, each once and all in few statements.
 *
 * @returns 412 when one of them matches nothing, or more than one resource
 * @see https://hl7.org/fhir/R4/http.html#trules
 */
export async function resolveReferences(
  context: FhirContext,
  grant: Grant,
  coming: readonly Pick<Coming, 'entry' | 'parsed'>[],
  links: Links,
  on: Queryable,
): Promise<Result<null>> {
  const wanted = new Map<string, { index: number; type: string; query: string }>();
  for (const { entry, parsed } of coming) {
    if (!parsed.text.includes('?')) continue;
    for (const text of referencesIn(parsed.text)) {
      const condition = wanted.has(text) ? null : conditionalReference(text);
      if (!condition) continue;
      const query = rewriteCriteria(condition.query, links.lookup(entry.fullUrl));
      wanted.set(text, { index: entry.index, type: condition.type, query });
    }
  }
  if (wanted.size === 0) return ok(null);
  const criteria = [...wanted].map(([text, { index, type, query }]) => ({ text, index, type, query }));
  const found = await matchMany(context, grant, criteria, on);
  for (const [place, { text, index, type }] of criteria.entries()) {
    const matches = found[place];
    if (!matches) throw new Error('a match was not answered');
    if (!matches.ok) return atEntry(index, matches);
    const [match, another] = matches.value;
    if (!match) return atEntry(index, preconditionFailed(`The conditional reference ${text} matches nothing`));
    if (another)
      return atEntry(index, multipleMatches(`The conditional reference ${text} matches more than one ${type}`));
    links.resolve(text, type, match.id);
  }
  return ok(null);
}

/** What will be written: links put right, checked, indexed, and covered by the grant. The first that is not refuses all. */
export async function prepare(
  context: FhirContext,
  grant: Grant,
  coming: readonly Coming[],
  links: Links,
): Promise<Result<{ drafts: Draft[]; resources: Parsed['resource'][] }>> {
  const now = new Date(context.now());
  const marks = links.marks();
  const turn = takeTurns();
  const drafts: Draft[] = [];
  const resources: Parsed['resource'][] = [];
  for (const { entry, parsed, id, interaction, stored = null } of coming) {
    const linked = rewriteLinks(context.definitions, parsed, links.lookup(entry.fullUrl), marks);
    const good = checked(context, linked);
    if (!good.ok) return atEntry(entry.index, good);
    const ready = await storable(context, grant, { parsed: linked, stored, reason: null });
    if (!ready.ok) return atEntry(entry.index, ready);
    const one = draft(context, grant.tenant, ready.value, id, now);
    const allowed = mayWrite(grant, one, interaction);
    if (!allowed.ok) return atEntry(entry.index, allowed);
    drafts.push(one);
    resources.push(linked.resource);
    await turn();
  }
  return ok({ drafts, resources });
}
