import type { Database, Queryable } from '../../db/database.ts';
import { type Grant, reachesAll, showsAll } from '../access.ts';
import { responseEntry } from '../bundle.ts';
import type { FhirContext } from '../context.ts';
import { ok, preconditionFailed, type Refusal, type Result } from '../outcome.ts';
import { ifMatch } from '../preferences.ts';
import type { FhirRequest } from '../request.ts';
import { applyChanges, applyCreates, applyRemovals, type Change, type Removal } from '../store/apply.ts';
import { opens, unshelved } from '../store/binary.ts';
import { rememberTexts } from '../store/concept-texts.ts';
import type { Draft } from '../store/draft.ts';
import { type Current, lockRows, type Target } from '../store/locked.ts';
import { byIds } from '../store/plans.ts';
import { unknownId } from '../store/read.ts';
import { isUnreferenced, referencesHold } from '../store/referential.ts';
import { note } from '../store/release.ts';
import { createStore } from '../store/store.ts';
import { noted, ofOthersToo, writtenOf } from '../store/write.ts';
import { atEntry } from './bundle-entries.ts';
import { entryRequest } from './entry-request.ts';
import { answeredEntry, entryReturn, existingEntry, statusText, writtenEntry } from './entry-response.ts';
import { patched } from './patch.ts';
import { createLinks } from './transaction-links.ts';
import { type Coming, prepare, resolveReferences } from './transaction-prepare.ts';
import { type Resolved, resolveSteps, type WritingStep } from './transaction-resolve.ts';
import type { Step } from './transaction-steps.ts';

/** Ends the transaction of the database without a commit: the only way out of it is to throw. */
export class Abandoned extends Error {
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super('the transaction is refused');
    this.refusal = refusal;
  }
}

/** Somebody created a resource under the same id at the same instant; the whole is tried again. */
export class Raced extends Error {}

const BATCH = 1_000;

/** This context with the transaction in the place of its database. */
function within(context: FhirContext, tx: Queryable): FhirContext {
  const database: Database = {
    ...tx,
    byKey: tx,
    planned: tx,
    transaction: (work) => work(tx),
    close: async () => {},
  };
  return { ...context, database, store: createStore(database) };
}

type Planned = { resolved: Resolved; current: Current };

/** What must hold of a version before it is changed: If-Match, If-None-Match, and that the caller may see it at all. */
function precondition(request: FhirRequest, { resolved, current }: Planned): Result<null> {
  const { step } = resolved;
  const { type, kind, entry } = step;
  const id = resolved.id ?? '';
  const expected = ifMatch(entryRequest(request, entry));
  if (!expected.ok) return expected;
  const version = current.kind === 'here' ? current.row.version : 0;
  if (current.kind === 'shared') return ofOthersToo(type, id);
  // Where rows are hidden, an id that the client chose is answered as if one were: else it would tell which there are.
  const chosen = kind === 'update' && (step.id ?? step.parsed.resource.id) !== undefined;
  const needed =
    kind === 'patch' ||
    (kind === 'update' && current.kind === 'hidden') ||
    (chosen && !reachesAll(request.grant, type, 'u'));
  if (needed && current.kind !== 'here') return unknownId(type, id);
  if (expected.value !== null && expected.value !== version) {
    return preconditionFailed(
      version === 0
        ? `ifMatch asks for version ${expected.value}, but there is no such resource`
        : `ifMatch asks for version ${expected.value}, but the current version is ${version}`,
    );
  }
  if (kind === 'update' && version > 0 && entry.headers.get('if-none-match')?.trim() === '*') {
    return preconditionFailed(`${type}/${id} exists, and ifNoneMatch asks for a new one`);
  }
  return ok(null);
}

/** What each step will write; a step that writes no resource gives nothing. */
async function comingOf(
  context: FhirContext,
  grant: Grant,
  { resolved, current }: Planned,
  again: boolean,
): Promise<Result<Coming | null>> {
  const { step, id, existing } = resolved;
  if (step.kind === 'delete' || existing || id === null) return ok(null);
  if (step.kind === 'patch') {
    if (current.kind !== 'here') throw new Error('what is patched was not read');
    // What comes of a patch tells what was there.
    if (!showsAll(grant, step.type, current.row)) return unknownId(step.type, id);
    const { content: kept } = current.row;
    if (step.type === 'Binary' && !(await opens(context, grant, kept))) return unknownId(step.type, id);
    const content = await unshelved(context, step.type, kept);
    const parsed = await patched(context, content, step.media, step.body);
    return parsed.ok
      ? ok({ entry: step.entry, parsed: parsed.value, id, interaction: 'u', stored: current.row })
      : parsed;
  }
  // Links are rewritten in place: a second attempt must begin with what was sent.
  const { text } = step.parsed;
  const parsed = again ? { text, resource: JSON.parse(text) } : step.parsed;
  const stored = current.kind === 'here' ? { stored: current.row } : {};
  return ok({ entry: step.entry, parsed, id, interaction: step.kind === 'create' ? 'c' : 'u', ...stored });
}

type Writes = { creates: Draft[]; changes: Change[]; removals: Removal[] };

async function write(
  tx: Queryable,
  grant: Grant,
  { creates, changes, removals }: Writes,
  answers: Map<string, string>,
  wanted: ReturnType<typeof entryReturn>,
) {
  const name = ({ type, id }: { type: string; id: string }): string => `${type}/${id}`;
  for (let at = 0; at < removals.length; at += BATCH) {
    const part = removals.slice(at, at + BATCH);
    for (const [place, applied] of (await applyRemovals(tx, part)).entries()) {
      if ('refused' in applied && applied.refused === 'raced') throw new Raced('a removal raced');
      const removal = part[place];
      const etag = 'refused' in applied ? {} : { etag: `W/"${applied.version}"` };
      if (removal) answers.set(name(removal), responseEntry({ status: statusText(204), ...etag }));
    }
  }
  for (let at = 0; at < creates.length; at += BATCH) {
    const part = creates.slice(at, at + BATCH);
    await applyCreates(tx, part);
    for (const one of part) answers.set(name(one), writtenEntry(noted(grant, writtenOf(one, 1, 0)), wanted));
  }
  for (let at = 0; at < changes.length; at += BATCH) {
    const part = changes.slice(at, at + BATCH);
    for (const [place, applied] of (await applyChanges(tx, part)).entries()) {
      const change = part[place];
      if ('refused' in applied && applied.refused === 'erased' && change) {
        throw new Abandoned(unknownId(change.draft.type, change.draft.id));
      }
      if ('refused' in applied) throw new Raced('a change raced');
      if (change)
        answers.set(
          name(change.draft),
          writtenEntry(noted(grant, writtenOf(change.draft, applied.version, applied.was)), wanted),
        );
    }
  }
}

/**
 * Does all steps of a transaction within one transaction of the database: deletes, creates, updates and patches, reads.
 *
 * @param again a first attempt was rolled back
 * @returns the texts of the response entries; throws Abandoned, Raced
 */
export async function changeAll(
  context: FhirContext,
  request: FhirRequest,
  steps: readonly Step[],
  tx: Queryable,
  again: boolean,
): Promise<Result<string[]>> {
  const { grant } = request;
  const inside = within(context, tx);
  const links = createLinks();
  const writing = steps.filter((step): step is WritingStep => step.kind !== 'read');
  const resolved = await resolveSteps(inside, grant, writing, links, tx);
  if (!resolved.ok) return resolved;

  const locked = resolved.value.flatMap(({ step, id }): Target[] =>
    step.kind === 'create' || id === null
      ? []
      : [{ type: step.type, id, interaction: step.kind === 'delete' ? 'd' : 'u' }],
  );
  const rows = locked.length > 0 ? await byIds(tx, (on) => lockRows(on, grant, locked)) : [];
  const currents = new Map(locked.map(({ type, id }, place) => [`${type}/${id}`, rows[place]]));
  const planned = resolved.value.map((one): Planned => {
    const current = one.step.kind === 'create' ? undefined : currents.get(`${one.step.type}/${one.id}`);
    return { resolved: one, current: current ?? { kind: 'absent' } };
  });

  const coming: Coming[] = [];
  for (const one of planned) {
    const { step } = one.resolved;
    const holds = step.kind === 'create' ? ok(null) : precondition(request, one);
    const next = holds.ok ? await comingOf(inside, grant, one, again) : holds;
    if (!next.ok) return atEntry(step.entry.index, next);
    if (next.value) coming.push(next.value);
  }
  const references = await resolveReferences(inside, grant, coming, links, tx);
  if (!references.ok) return references;
  const prepared = await prepare(inside, grant, coming, links);
  if (!prepared.ok) return prepared;
  const { drafts, resources } = prepared.value;
  const holds = await referencesHold(
    inside,
    grant,
    resources,
    new Set(drafts.map(({ type, id }) => `${type}/${id}`)),
    tx,
  );
  if (!holds.ok) return holds;

  const lastUpdated = new Date(context.now());
  const writes: Writes = { creates: [], changes: [], removals: [] };
  for (const [place, one] of drafts.entries()) {
    if (coming[place]?.interaction === 'c') writes.creates.push(one);
    else {
      const current = currents.get(`${one.type}/${one.id}`);
      writes.changes.push({ draft: one, expected: current?.kind === 'here' ? current.row.version : 0 });
    }
  }
  for (const { resolved: one, current } of planned) {
    if (one.step.kind !== 'delete' || one.id === null || current.kind !== 'here') continue;
    const may = await context.prepareRemoval?.(inside, grant, one.step.type, one.id);
    if (may && !may.ok) return atEntry(one.step.entry.index, may);
    writes.removals.push({
      tenant: grant.tenant,
      type: one.step.type,
      id: one.id,
      lastUpdated,
      expected: current.row.version,
    });
    note(grant, current.row, 'd');
  }
  // Texts of codes are stored for good and outside of the transaction, which would else hold locks on what others need.
  await rememberTexts(context.database, drafts);
  const answers = new Map<string, string>();
  await byIds(tx, (on) => write(on, grant, writes, answers, entryReturn(request)));
  for (const { type, id } of writes.removals) {
    const free = await isUnreferenced(inside, grant, type, id);
    if (free.ok) continue;
    const at = planned.find((one) => one.resolved.step.type === type && one.resolved.id === id);
    throw new Abandoned(atEntry(at?.resolved.step.entry.index ?? 0, free));
  }

  const texts: string[] = [];
  for (const { resolved: one } of planned) {
    const { step, id, existing } = one;
    texts[step.entry.index] = existing
      ? existingEntry({ type: step.type, ...existing })
      : (answers.get(`${step.type}/${id}`) ?? responseEntry({ status: statusText(204) }));
  }
  for (const step of steps) {
    if (step.kind !== 'read') continue;
    const answer = await context.dispatch(entryRequest(request, step.entry), inside);
    if (!answer.ok) throw new Abandoned(atEntry(step.entry.index, answer));
    texts[step.entry.index] = answeredEntry(request.base, answer.value);
  }
  return ok(texts);
}
