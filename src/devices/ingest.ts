import type { Queryable } from '../db/database.ts';
import type { Grant } from '../fhir/access.ts';
import type { FhirContext } from '../fhir/context.ts';
import { takeTurns } from '../fhir/interactions/entry-request.ts';
import { note } from '../fhir/store/release.ts';
import { storeMadeIn } from '../privacy/made.ts';
import { liveConnection } from './connections/live.ts';
import { markSynced } from './connections/store.ts';
import { consented } from './consented.ts';
import { type Prepared, prepare } from './item.ts';
import { count, type ItemOutcome, noTally, ruledOutItem, saidOf, type Tally } from './outcomes.ts';
import type { Link, Passage } from './passage.ts';
import { provenanceOf } from './provenance.ts';
import type { DeviceHint, Item } from './reading.ts';
import { storeReadings } from './store.ts';
import { inTurn } from './turns.ts';
import { unchosen } from './unchosen.ts';

/** Readings that are stored at once. */
const CHUNK = 1000;

export type IngestOptions = {
  /** ms since 1970: when it came. */
  received: number;
  /** What they came in; `keep`, where it is not kept yet: is called with the first of it that is written. */
  payload: { id: string; hash: string; keep?: (tx: Queryable) => Promise<void> };
  /** Devices that came along, by what the other entries refer to them by. */
  devices?: ReadonlyMap<string, DeviceHint>;
  /** Where the ledger is told from, where nobody sends them; else the grant of who does. */
  noted?: Grant;
};

const ended = 'The connection that this came by has been ended, or the Consent that it stands on is in force no more';

type Written = Awaited<ReturnType<typeof storeReadings>>[number];
type Became = Written | ItemOutcome;

const isWritten = (one: Became): one is Written => 'stored' in one;

/** What became of an item that was stored. */
function outcomeOf({ path }: Prepared, { id, stored, version }: Written): ItemOutcome {
  if (id === '') return saidOf(path, 'The record is not known here; it will not be taken if it comes late');
  const outcome: ItemOutcome = { path, status: stored === 'created' ? '201' : '200', id, version };
  if (stored === 'amended' || stored === 'error') return { ...outcome, amended: true };
  if (stored !== 'moved') return outcome;
  const diagnostics = 'It has been changed here since it was sent first, and stays as it is';
  return { ...outcome, issue: { severity: 'information', code: 'informational', diagnostics, expression: path } };
}

const isPrepared = (one: Prepared | ItemOutcome): one is Prepared => 'toStore' in one;

/** What was measured first and last of what was written; ms since 1970. */
function periodOf(written: readonly Prepared[], received: number): { start: number; end: number } {
  const starts = written.flatMap(({ start }) => start ?? []);
  if (starts.length === 0) return { start: received, end: received };
  return { start: Math.min(...starts), end: Math.max(...starts) };
}

/**
 * Stores a chunk in one transaction, with where it is from. Whoever ends the connection before that is committed has it stored
 * whole or not at all; of what was chosen otherwise before, what is outside of it is refused.
 *
 * @returns what became of each; null: the connection has ended
 */
async function storeChunk(
  context: FhirContext,
  { tenant, patient, connection }: Link,
  chunk: readonly Prepared[],
  { received, payload }: IngestOptions,
): Promise<ReadonlyMap<Prepared, Became> | null> {
  const inTransaction = async (tx: Queryable): Promise<ReadonlyMap<Prepared, Became> | null> => {
    const live = await liveConnection(tx, tenant, connection.id);
    if (live === null) return null;
    const why = (one: Prepared) => ('deleted' in one.toStore ? null : unchosen(live.measures, one.toStore.canonical));
    const chosen = chunk.filter((one) => why(one) === null);
    const batch = chosen.map(({ toStore }) => toStore);
    const stored = await storeReadings(context, tenant, patient, batch, new Date(received), tx);
    const written = chosen.filter((_, at) => isWrite(stored[at]));
    if (written.length > 0) {
      await payload.keep?.(tx);
      const ids = [...new Set(stored.filter(isWrite).map(({ id }) => id))];
      const period = periodOf(written, received);
      const now = context.now();
      await storeMadeIn(context, tx, tenant, [provenanceOf({ connection, payload, written: ids, period, now })]);
    }
    const became = new Map<Prepared, Became>(chosen.flatMap((one, at) => (stored[at] ? [[one, stored[at]]] : [])));
    for (const one of chunk) {
      const said = why(one);
      if (said !== null) became.set(one, ruledOutItem(one.path, said));
    }
    return became;
  };
  return inTurn(`${tenant} ${patient}`, () => context.database.transaction(inTransaction));
}

const isWrite = (one: Written | undefined): one is Written =>
  one !== undefined &&
  one.id !== '' &&
  (one.stored === 'created' || one.stored === 'amended' || one.stored === 'error');

/** What the ledger is told: whose Observations were written. */
function noteWritten({ patient }: Link, grant: Grant | null, stored: readonly Written[]): void {
  if (grant === null) return;
  for (const one of stored) {
    if (!isWrite(one)) continue;
    const row = { type: 'Observation', id: one.id, content: '', patient, patients: null, labels: 0 };
    note(grant, row, one.stored === 'created' ? 'c' : 'u');
  }
}

/** When the newest of what was taken was measured; ms since 1970. */
type Last = { reading: number | null };

const newest = (taken: readonly Prepared[], before: number | null): number | null =>
  taken.reduce((last, { start }) => (start !== null && (last === null || start > last) ? start : last), before);

async function takeChunk(
  context: FhirContext,
  passage: Passage,
  items: readonly Item[],
  options: IngestOptions,
  last: Last,
): Promise<ItemOutcome[]> {
  const { link } = passage;
  passage.consent = await consented(context, link.connection);
  passage.allowed.clear();
  const prepared: (Prepared | ItemOutcome)[] = [];
  const turn = takeTurns();
  for (const item of items) {
    await turn();
    prepared.push(await prepare(context, passage, item));
  }
  const chunk = prepared.filter(isPrepared);
  const became = chunk.length === 0 ? new Map<Prepared, Became>() : await storeChunk(context, link, chunk, options);
  if (became === null)
    return prepared.map((one) => (isPrepared(one) ? ruledOutItem(one.path, ended, '403', 'forbidden') : one));
  last.reading = newest(chunk, last.reading);
  noteWritten(link, options.noted ?? link.grant, [...became.values()].filter(isWritten));
  return prepared.map((one) => {
    if (!isPrepared(one)) return one;
    const written = became.get(one);
    if (written === undefined) throw new Error('a reading was neither stored nor refused');
    return isWritten(written) ? outcomeOf(one, written) : written;
  });
}

/**
 * Takes in the readings of one patient from one source: each by itself, in the order in which they were sent. What is good is
 * stored, a thousand at a time, and what is not is told of, item by item.
 *
 * @throws DatabaseError where a chunk could not be stored; what came before it is
 */
export async function* ingest(
  context: FhirContext,
  link: Link,
  items: Iterable<Item> | AsyncIterable<Item>,
  options: IngestOptions,
): AsyncGenerator<ItemOutcome[]> {
  const { received, devices = new Map() } = options;
  const passage: Passage = {
    link,
    received,
    devices,
    subjects: new Map(),
    met: new Map(),
    metrics: new Map(),
    allowed: new Map(),
    consent: null,
  };
  const tally: Tally = noTally();
  const last: Last = { reading: null };
  let chunk: Item[] = [];
  const take = async (): Promise<ItemOutcome[]> => {
    const outcomes = await takeChunk(context, passage, chunk, options, last);
    count(tally, outcomes);
    chunk = [];
    return outcomes;
  };
  for await (const item of items) {
    chunk.push(item);
    if (chunk.length >= CHUNK) yield await take();
  }
  if (chunk.length > 0) yield await take();
  const taken = tally.created + tally.known + tally.amended;
  if (taken > 0)
    await markSynced(context.database, link.connection, { at: received, lastReading: last.reading, problem: null });
}
