import { DatabaseError } from '../../db/database.ts';
import { allows } from '../access.ts';
import type { FhirContext } from '../context.ts';
import { forbidden, multipleMatches, type Result } from '../outcome.ts';
import type { FhirRequest } from '../request.ts';
import { matchMany } from '../search/match.ts';
import { applyCreates } from '../store/apply.ts';
import { rememberTexts } from '../store/concept-texts.ts';
import { underCriteria } from '../store/criteria.ts';
import type { Draft } from '../store/draft.ts';
import { uuid7 } from '../store/uuid.ts';
import { noted, writtenOf } from '../store/write.ts';
import type { BundleEntry } from './bundle-entries.ts';
import { entryReturn, existingEntry, refusedEntry, writtenEntry } from './entry-response.ts';
import { createLinks, criteriaName } from './transaction-links.ts';
import { prepare } from './transaction-prepare.ts';

/** Conditional creates of one statement, and of one commit. */
const GROUP = 500;

type Ready = { entry: BundleEntry; query: string; type: string; draft: Draft };

/** A conditional create that may go with others, or null after it has been refused. */
async function ready(
  context: FhirContext,
  request: FhirRequest,
  entry: BundleEntry,
  texts: string[],
): Promise<Ready | null> {
  const { parsed, index, headers } = entry;
  if (!parsed) return null;
  const type = parsed.resource.resourceType;
  let refusal: Result<unknown> = forbidden(`Your access does not cover creating ${type}`);
  if (allows(request.grant, type, 'c')) {
    const coming = { entry, parsed, id: uuid7(context.now()), interaction: 'c' as const };
    const prepared = await prepare(context, request.grant, [coming], createLinks());
    const draft = prepared.ok ? prepared.value.drafts[0] : undefined;
    if (draft) return { entry, query: (headers.get('if-none-exist') ?? '').replace(/^.*\?/, ''), type, draft };
    refusal = prepared;
  }
  if (!refusal.ok) texts[index] = refusedEntry(refusal);
  return null;
}

/** One group whose criteria are all different: one search for all, one insert of those that are not there. */
async function createGroup(
  context: FhirContext,
  request: FhirRequest,
  group: readonly Ready[],
  texts: string[],
): Promise<void> {
  const { grant } = request;
  await rememberTexts(
    context.database,
    group.map(({ draft }) => draft),
  );
  const criteria = group.map(({ type, query }) => ({ tenant: grant.tenant, type, query }));
  const answers = await underCriteria(context.database, criteria, async (tx) => {
    const found = await matchMany(context, grant, criteria, tx);
    const fresh = group.filter((_, place) => found[place]?.ok && found[place].value.length === 0);
    if (fresh.length > 0)
      await applyCreates(
        tx,
        fresh.map(({ draft }) => draft),
      );
    return found;
  });
  for (const [place, { entry, type, draft }] of group.entries()) {
    const found = answers[place];
    if (!found) throw new Error('a match was not answered');
    if (!found.ok) texts[entry.index] = refusedEntry(found);
    else if (found.value.length > 1)
      texts[entry.index] = refusedEntry(multipleMatches(`ifNoneExist matches more than one ${type}`));
    else {
      const [existing] = found.value;
      texts[entry.index] = existing
        ? existingEntry({ type, ...existing })
        : writtenEntry(noted(grant, writtenOf(draft, 1, 0)), entryReturn(request));
    }
  }
}

/**
 * The conditional creates of a batch, in groups: a statement for each would cost more than all the rest of an import. What
 * they create is created whatever becomes of the others.
 *
 * @returns the entries that must be answered one by one: those of a group that failed
 */
export async function createUnlessThere(
  context: FhirContext,
  request: FhirRequest,
  entries: readonly BundleEntry[],
  texts: string[],
): Promise<ReadonlySet<BundleEntry>> {
  // Existence is looked up for each resource where it is enforced, which the plain way does.
  if (context.settings.references === 'enforce') return new Set(entries);
  const left = new Set<BundleEntry>();
  let waiting: Ready[] = [];
  for (const entry of entries) {
    const one = await ready(context, request, entry, texts);
    if (one) waiting.push(one);
  }
  while (waiting.length > 0) {
    // The same criteria twice: the second finds what the first has made.
    const names = new Set<string>();
    const group: Ready[] = [];
    const later: Ready[] = [];
    for (const one of waiting) {
      const name = criteriaName(one.type, one.query);
      if (group.length === GROUP || names.has(name)) later.push(one);
      else {
        names.add(name);
        group.push(one);
      }
    }
    waiting = later;
    try {
      await createGroup(context, request, group, texts);
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      for (const { entry } of group) left.add(entry);
    }
  }
  return left;
}
