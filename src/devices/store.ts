import type { Observation } from '@medplum/fhirtypes';

import type { Queryable } from '../db/database.ts';
import type { FhirContext, Resource } from '../fhir/context.ts';
import { typeNumber } from '../fhir/resources.ts';
import { markDueOf } from '../fhir/samples/due.ts';
import { markSamples } from '../fhir/samples/mark.ts';
import type { Sample, Stored } from '../fhir/samples/sample.ts';
import { seriesFor } from '../fhir/samples/series.ts';
import { writeSamples } from '../fhir/samples/write.ts';
import { withLabels } from '../privacy/labels/labelled.ts';
import type { Canonical } from './canonical.ts';
import { measureOf } from './measures.ts';
import type { RecordKey, Whole } from './reading.ts';
import { type Effect, loadRecords, type RecordReading } from './records.ts';
import { spanOf } from './rollups/span.ts';
import { sampleOf } from './tier.ts';
import { type FullReading, markFull, writeFull } from './written.ts';

/** A reading that may be stored. */
export type ReadingToStore = {
  canonical: Canonical | Whole;
  /** Of its Observation: identity.ts. */
  id: string;
  /** Who sent it and by which device: `vendor:withings/abc`. */
  source: string;
  /** Without an id. */
  observation: () => Observation;
  record?: RecordKey;
  /** Whose the record is: the source of the connection; absent: the whole source. */
  sender?: string;
};

/** A record that its sender has deleted. */
export type RecordToDelete = { deleted: RecordKey; source: string };

export type ToStore = ReadingToStore | RecordToDelete;

/**
 * `error`: it is entered in error, for its sender has deleted it. `id` is that of its Observation, or of the one that is stored in
 * its place where an older version of a record came; empty where a record was deleted that is not known.
 */
export type ReadingStored = { id: string; stored: Stored | 'error'; version: number };

type Batch = { context: FhirContext; tx: Queryable; tenant: number; patient: string; received: Date };

/** What is to be stored in the end, and what was never so. */
type Wanted = { put: Map<string, { one: ReadingToStore; error: boolean }>; marks: Set<string> };

/**
 * Stores readings of one patient in both tiers, all or none: each once, however often it comes.
 *
 * @param received when they came; the chunks of one submission have the same
 * @param tx where there is one; else in a transaction of their own
 * @returns what became of each, in the order given
 */
export function storeReadings(
  context: FhirContext,
  tenant: number,
  patient: string,
  batch: readonly ToStore[],
  received: Date,
  tx?: Queryable,
): Promise<readonly ReadingStored[]> {
  const store = (on: Queryable) => storeIn({ context, tx: on, tenant, patient, received }, batch);
  return tx ? store(tx) : context.database.transaction(store);
}

const isDelete = (one: ToStore): one is RecordToDelete => 'deleted' in one;

const readingOf = (one: ReadingToStore, record: RecordKey): RecordReading => ({
  record,
  sender: one.sender ?? one.source,
  observation: one.id,
  measure: one.canonical.kind === 'reading' ? one.canonical.measure : 'whole',
});

/** One after the other for one patient: what is known of a record does not change while it is held against what came. */
export async function lockReadings(tx: Queryable, tenant: number, patient: string): Promise<void> {
  await tx.query('select pg_advisory_xact_lock($1, hashtext($2))', [tenant, `readings of ${patient}`]);
}

async function storeIn(of: Batch, batch: readonly ToStore[]): Promise<readonly ReadingStored[]> {
  const { tx, tenant, patient, received } = of;
  await lockReadings(tx, tenant, patient);
  const named = batch.flatMap((one) => {
    if (isDelete(one)) return { record: one.deleted, sender: one.source };
    return one.record === undefined ? [] : { record: one.record, sender: one.sender ?? one.source };
  });
  const records = await loadRecords(tx, tenant, patient, named, received.getTime());
  const wanted: Wanted = { put: new Map(), marks: new Set() };
  const effects = batch.map((one) => {
    if (isDelete(one)) {
      const { ids, known } = records.remove(one.deleted, one.source);
      for (const id of ids) unwant(wanted, id);
      return { kind: 'removed', id: known ?? '' } as const;
    }
    const effect: Effect = one.record ? records.put(readingOf(one, one.record)) : { kind: 'write', instead: [] };
    if (effect.kind === 'older') return effect;
    for (const id of effect.instead) unwant(wanted, id);
    wanted.marks.delete(one.id);
    wanted.put.set(one.id, { one, error: effect.kind === 'error' });
    return { kind: effect.kind, id: one.id };
  });
  const became = await write(of, wanted);
  await records.save(tx);
  const ids = effects.map((one) => (one.kind === 'older' ? one.observation : one.id));
  const elsewhere = ids.filter((id) => id !== '' && (became.get(id)?.stored ?? 'moved') === 'moved');
  const versions = await versionsOf(of, [...new Set(elsewhere)]);
  return effects.map((one, at) => {
    const id = ids[at] ?? '';
    const { stored, version: written } = became.get(id) ?? { stored: 'known', version: 0 };
    const version = versions.get(id) ?? written;
    const isTaken = one.kind === 'error' || one.kind === 'removed';
    return { id, version, stored: isTaken && stored !== 'known' && stored !== 'moved' ? 'error' : stored };
  });
}

/** An Observation that was never so, whether it is stored or came a moment ago. */
function unwant({ put, marks }: Wanted, id: string): void {
  const sent = put.get(id);
  if (sent) sent.error = true;
  else marks.add(id);
}

type Became = Map<string, { stored: Stored; version: number }>;

async function write(of: Batch, { put, marks }: Wanted): Promise<Became> {
  const full = await writtenAsResources(of, [...put.keys(), ...marks]);
  const all = [...put].map(([id, { one, error }]) => ({
    id,
    one,
    error,
    sample: full.has(id) ? null : sampleOf(one.canonical),
  }));
  const became: Became = await writeNarrow(of, all.filter(isNarrow));
  const rest = all.filter((one) => !isNarrow(one));
  const whole = await writeFull(of, rest.map(fullOf));
  const marked = await markSamples(
    of.tx,
    of.tenant,
    [...marks].filter((id) => !full.has(id)),
    of.received,
  );
  const markedFull = await markFull(
    of,
    [...marks].filter((id) => full.has(id)),
  );
  for (const { id, version } of marked) became.set(id, { stored: 'amended', version });
  for (const [id, one] of [...whole, ...markedFull]) became.set(id, one);
  const changed = rest.flatMap(({ id, one: { canonical } }) => {
    const isNew = whole.get(id)?.stored === 'created' || whole.get(id)?.stored === 'amended';
    if (!isNew || canonical.kind !== 'reading' || (measureOf(canonical.measure)?.roll ?? null) === null) return [];
    return { measure: canonical.measure, start: canonical.start.at, duration: canonical.duration };
  });
  await markDueOf(of.tx, of.tenant, of.patient, [...changed, ...(await spansOf(of, markedFull))]);
  return became;
}

/** What is to be rolled up anew because these were taken back. */
async function spansOf({ tx, tenant }: Batch, marked: Became) {
  const ids = [...marked].flatMap(([id, { stored }]) => (stored === 'amended' ? [id] : []));
  if (ids.length === 0) return [];
  const sql = 'select content from resource where tenant = $1 and type = 96 and id = any($2::text[])';
  const rows = await tx.query(sql, [tenant, ids]);
  return rows.flatMap(([content]) => spanOf(JSON.parse(String(content)) as Observation) ?? []); // as stored
}

type Narrow = { id: string; one: ReadingToStore; error: boolean; sample: NonNullable<ReturnType<typeof sampleOf>> };

const isNarrow = (one: { sample: ReturnType<typeof sampleOf> }): one is Narrow => one.sample !== null;

const fullOf = ({ id, one, error }: { id: string; one: ReadingToStore; error: boolean }): FullReading => ({
  id,
  source: one.source,
  error,
  observation: one.observation,
  said: saidOf(one.canonical),
});

/** What of a reading makes it another one: not where it stood in what was sent, nor what its record is called. */
function saidOf(canonical: Canonical | Whole): unknown {
  const { path: _, record: __, device: ___, subject: ____, metric: _____, ...rest } = canonical;
  // A time that was corrected by how far two clocks are apart comes out otherwise each time.
  const said = rest.shown === undefined ? rest : { ...rest, start: null };
  if (said.kind !== 'whole') return said;
  const { id: ______, meta, effectiveDateTime, ...resource } = said.resource;
  const { versionId: _v, lastUpdated: _l, ...kept } = meta ?? {};
  const time = said.start === null ? {} : { effectiveDateTime };
  return { ...said, resource: { ...resource, ...time, meta: kept } };
}

async function writeNarrow(of: Batch, all: readonly Narrow[]): Promise<Became> {
  const { context, tx, tenant, patient, received } = of;
  const first = new Map<string, Narrow>();
  for (const one of all) {
    const key = `${one.sample.measure} ${one.one.source}`;
    if (!first.has(key)) first.set(key, one);
  }
  const series = new Map<string, number>();
  // In one order, as all writers ask for them.
  for (const [key, { one, sample }] of [...first].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const template = () => labelled(one.observation());
    const seriesOf = { patient, source: one.source, measure: sample.measure };
    series.set(key, (await seriesFor(context, tx, tenant, seriesOf, template)).id);
  }
  const samples = all.map(({ id, one, error, sample }): Sample => {
    const { measure, ...rest } = sample;
    return { ...rest, id, series: series.get(`${measure} ${one.source}`) ?? 0, ...(error ? { error } : {}) };
  });
  const stored = await writeSamples(tx, tenant, samples, received);
  return new Map(all.flatMap(({ id }, at) => (stored[at] ? [[id, stored[at]]] : [])));
}

function labelled(observation: Observation): Observation {
  const text = JSON.stringify(observation);
  const { resource } = withLabels({ text, resource: JSON.parse(text) as Resource }, null, false); // an Observation is a resource
  return resource as unknown as Observation; // with labels it is one still
}

/** Those of some ids that are resources: their sender has written them so, or somebody else has taken the id. */
async function writtenAsResources({ tx, tenant }: Batch, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const rows = await tx.query(
    `select observation::text from device_written where tenant = $1 and observation = any($2::uuid[])
     union select id from resource where tenant = $1 and type = ${typeNumber('Observation')} and id = any($3::text[])`,
    [tenant, ids, ids],
  );
  return new Set(rows.map(([id]) => String(id)));
}

async function versionsOf({ tx, tenant }: Batch, ids: readonly string[]): Promise<Map<string, number>> {
  if (ids.length === 0) return new Map();
  const rows = await tx.query('select id, version from observation where tenant = $1 and id = any($2::text[])', [
    tenant,
    ids,
  ]);
  return new Map(rows.map(([id, version]) => [String(id), Number(version)]));
}
