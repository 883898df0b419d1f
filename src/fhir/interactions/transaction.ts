import { DatabaseError } from '../../db/database.ts';
import { bundleText } from '../bundle.ts';
import type { FhirContext } from '../context.ts';
import { conflict, invalid, ok, type Refusal, type Result } from '../outcome.ts';
import type { FhirRequest, FhirResponse } from '../request.ts';
import { underCriteria } from '../store/criteria.ts';
import { referencesHold } from '../store/referential.ts';
import { runBatch } from './batch.ts';
import { atEntry, type BundleEntry, readBundle } from './bundle-entries.ts';
import { entryReturn, writtenEntry } from './entry-response.ts';
import type { FhirInteraction } from './interaction.ts';
import { resourceResponse } from './respond.ts';
import { Abandoned, changeAll, Raced } from './transaction-change.ts';
import { createLinks } from './transaction-links.ts';
import { prepare, resolveReferences } from './transaction-prepare.ts';
import { type Step, stepOf } from './transaction-steps.ts';

const attempts = 3;

type Create = Extract<Step, { kind: 'create' }>;
const isPlainCreate = (step: Step): step is Create => step.kind === 'create' && step.criteria === null;

/** Two entries of the same name: a link to it could mean either. */
function sameFullUrl(entries: readonly BundleEntry[]): Refusal | null {
  const names = new Map<string, number>();
  for (const { fullUrl, index } of entries) {
    if (fullUrl === null) continue;
    const other = names.get(fullUrl);
    if (other !== undefined) return atEntry(index, invalid(`fullUrl ${fullUrl} is that of Bundle.entry[${other}] too`));
    names.set(fullUrl, index);
  }
  return null;
}

/** Creates that depend on nothing but what they refer to: they share a commit with whatever else is being created. */
async function createAll(
  context: FhirContext,
  request: FhirRequest,
  steps: readonly Create[],
): Promise<Result<string[]>> {
  const { grant } = request;
  const links = createLinks();
  for (const { entry, type, id } of steps) links.set(entry.fullUrl, type, id);
  const references = await resolveReferences(context, grant, steps, links, context.database);
  if (!references.ok) return references;
  const coming = steps.map(({ entry, parsed, id }) => ({ entry, parsed, id, interaction: 'c' as const }));
  const prepared = await prepare(context, grant, coming, links);
  if (!prepared.ok) return prepared;
  const { drafts, resources } = prepared.value;
  const names = new Set(drafts.map(({ type, id }) => `${type}/${id}`));
  const holds = await referencesHold(context, grant, resources, names);
  if (!holds.ok) return holds;
  const written = await context.store.create(grant, drafts);
  if (!written.ok) return written;
  const wanted = entryReturn(request);
  return ok(written.value.map((one) => writtenEntry(one, wanted)));
}

/** Everything else, in a transaction of the database that nobody shares. */
async function changeTogether(
  context: FhirContext,
  request: FhirRequest,
  steps: readonly Step[],
): Promise<Result<string[]>> {
  const { tenant } = request.grant;
  const criteria = steps.flatMap((step) => {
    if (step.kind === 'read') return [];
    if (step.criteria !== null) return [{ tenant, type: step.type, query: step.criteria }];
    // Those who change the same resources wait here, in one order, before any of them has locked a row.
    return step.kind === 'create' ? [] : [{ tenant, type: step.type, query: `_id=${step.id}` }];
  });
  let runs = 0;
  for (let attempt = 1; attempt <= attempts; attempt++) {
    try {
      return await underCriteria(context.database, criteria, (tx) =>
        changeAll(context, request, steps, tx, runs++ > 0),
      );
    } catch (error) {
      if (error instanceof Abandoned) return error.refusal;
      const raced = error instanceof Raced || (error instanceof DatabaseError && error.sqlstate === '23505');
      if (!raced) throw error;
    }
  }
  return conflict('Others are creating the same resources at the same time; read them and try again');
}

/**
 * All entries or none, in the order that the specification sets: deletes, creates, updates and patches, reads.
 *
 * @see https://hl7.org/fhir/R4/http.html#transaction
 */
async function runTransaction(
  context: FhirContext,
  request: FhirRequest,
  entries: readonly BundleEntry[],
): Promise<Result<string[]>> {
  const twice = sameFullUrl(entries);
  if (twice) return twice;
  const steps: Step[] = [];
  for (const entry of entries) {
    const step = stepOf(context, request.grant, entry);
    if (!step.ok) return atEntry(entry.index, step);
    steps.push(step.value);
  }
  if (steps.length === 0) return ok([]);
  return steps.every(isPlainCreate) ? createAll(context, request, steps) : changeTogether(context, request, steps);
}

async function run(context: FhirContext, request: FhirRequest): Promise<Result<FhirResponse>> {
  const bundle = readBundle(context, request);
  if (!bundle.ok) return bundle;
  const { type, entries } = bundle.value;
  if (type === 'batch') {
    const texts = await runBatch(context, request, entries);
    return ok(resourceResponse(200, bundleText('batch-response', texts)));
  }
  const texts = await runTransaction(context, request, entries);
  return texts.ok ? ok(resourceResponse(200, bundleText('transaction-response', texts.value))) : texts;
}

/** A Bundle posted to the base; its type says which of the two it is. */
export const transaction: FhirInteraction = { code: 'transaction', level: 'system', routes: [['POST', '']], run };

/** Published beside `transaction`, whose route it shares. */
export const batch: FhirInteraction = { code: 'batch', level: 'system', routes: [], run };
