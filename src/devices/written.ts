import { hash } from 'node:crypto';
import type { Observation } from '@medplum/fhirtypes';

import type { Queryable } from '../db/database.ts';
import type { FhirContext, Resource } from '../fhir/context.ts';
import { typeNumber } from '../fhir/resources.ts';
import type { Stored } from '../fhir/samples/sample.ts';
import { type Applied, applyChanges, applyCreates, type Change } from '../fhir/store/apply.ts';
import { numbers, texts } from '../fhir/store/arrays.ts';
import { rememberTexts } from '../fhir/store/concept-texts.ts';
import { draft } from '../fhir/store/draft.ts';
import { withLabels } from '../privacy/labels/labelled.ts';

/** A reading that is a resource. */
export type FullReading = {
  id: string;
  /** Who sent it and by which device: that of its series, if it were a sample. */
  source: string;
  observation: () => Observation;
  /** What it says, as it is compared with what it said before. */
  said: unknown;
  /** Its sender has taken it back. */
  error: boolean;
};

/** What became of it, and the version that is stored. */
export type FullStored = { stored: Stored; version: number };

type Batch = { context: FhirContext; tx: Queryable; tenant: number; patient: string; received: Date };

/** Equal values have equal texts, in whichever order their members stand. */
function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(
    members.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, member]) => [name, ordered(member)]),
  );
}

/** Whatever was said of what was never so is the same. */
const digestOf = ({ said, error }: FullReading): string =>
  hash('sha256', error ? 'entered in error' : JSON.stringify(ordered(said))).slice(0, 32);

type Before = {
  /** The version that the sender wrote last, and the digest of what it said; null: it wrote none as a resource. */
  written: { version: number; digest: string } | null;
  /** What is stored under the id now, in either tier; null: nothing. */
  version: number | null;
  /** It is a sample, which nobody else has changed. */
  isSample: boolean;
  /** It was one, and has been changed through FHIR. */
  isMoved: boolean;
  /** There never was anything under the id. */
  isNew: boolean;
};

const OBSERVATION = typeNumber('Observation');

const before = `select v.id, w.version, encode(w.digest, 'hex'), coalesce(r.version, m.version), m.status,
    exists (select from resource_history h where h.tenant = $1 and h.type = ${OBSERVATION} and h.id = v.id)
      or exists (select from erased_id e where e.tenant = $1 and e.type = ${OBSERVATION} and e.hash = sha256(convert_to(v.id, 'UTF8')))
  from unnest(string_to_array($2, chr(30))) v(id)
  left join device_written w on w.tenant = $1 and w.observation = v.id::uuid
  left join resource r on r.tenant = $1 and r.type = ${OBSERVATION} and r.id = v.id
  left join sample m on m.tenant = $1 and m.id::text collate "C" = v.id`;

async function beforeOf({ tx, tenant }: Batch, ids: readonly string[]): Promise<Map<string, Before>> {
  const rows = await tx.query(before, [tenant, texts(ids)]);
  return new Map(
    rows.map((row) => {
      // The select list fixes the shape of a row.
      const [id, wrote, digest, version, status, isPast] = row as [
        ...[string, number | null, string, number | null, number | null],
        boolean,
      ];
      const written = wrote === null ? null : { version: wrote, digest };
      const isSample = status !== null && status !== 9;
      const isMoved = status === 9 && written === null;
      const isNew = !isPast && version === null && written === null && status === null;
      return [id, { written, version, isSample, isMoved, isNew }];
    }),
  );
}

/** Whether somebody else has changed or deleted it since its sender wrote it. */
const isOthers = ({ written, version, isSample, isMoved }: Before): boolean =>
  isMoved || (written === null ? version !== null && !isSample : version !== written.version);

const amended: ReadonlySet<string> = new Set(['final', 'amended', 'corrected']);

/** The Observation of a version: one that takes the place of another says so. */
function versionOf({ observation, error }: FullReading, isFirst: boolean): Observation {
  const made = observation();
  if (error) return { ...made, status: 'entered-in-error' };
  return isFirst || !amended.has(made.status) ? made : { ...made, status: 'amended' };
}

function changeOf(
  { context, tenant, received }: Batch,
  id: string,
  observation: Observation,
  expected: number,
): Change {
  const resource = { ...observation, id } as unknown as Resource; // an Observation is a resource
  const text = JSON.stringify(resource);
  return { draft: draft(context, tenant, withLabels({ text, resource }, null, false), id, received), expected };
}

type Fresh = Change & { id: string; source: string; digest: string; isNew: boolean };

const remember = `insert into device_written (tenant, observation, patient, version, digest, source)
  select $1, id::uuid, $2, version, decode(digest, 'hex'), source
  from unnest(string_to_array($3, chr(30)), $4::int[], string_to_array($5, chr(30)), string_to_array($6, chr(30)))
    v(id, version, digest, source)
  on conflict (tenant, observation) do update set version = excluded.version, digest = excluded.digest`;

/**
 * Writes readings as resources, each at most once: what is there already as it was sent stays as it is, and so does what somebody
 * else has changed. One that was a sample becomes a resource.
 *
 * @param batch in a transaction in which nobody else writes readings of the patient
 */
export async function writeFull(batch: Batch, readings: readonly FullReading[]): Promise<Map<string, FullStored>> {
  const became = new Map<string, FullStored>();
  if (readings.length === 0) return became;
  const { context, tx, tenant, patient } = batch;
  const known = await beforeOf(
    batch,
    readings.map(({ id }) => id),
  );
  const fresh: Fresh[] = [];
  for (const reading of readings) {
    const { id } = reading;
    const was = known.get(id);
    if (was === undefined) throw new Error('an id was looked up and is not there');
    const digest = digestOf(reading);
    const version = was.version ?? was.written?.version ?? 0;
    if (isOthers(was)) became.set(id, { stored: 'moved', version });
    else if (was.written?.digest === digest) became.set(id, { stored: 'known', version });
    else {
      const observation = versionOf(reading, was.version === null);
      const { source } = reading;
      fresh.push({ id, source, digest, isNew: was.isNew, ...changeOf(batch, id, observation, was.version ?? 0) });
    }
  }
  if (fresh.length === 0) return became;
  await rememberTexts(
    context.database,
    fresh.map((one) => one.draft),
  );
  const applied = await applyAll(tx, fresh);
  const written = fresh.flatMap(({ id, source, digest }) => {
    const one = applied.get(id);
    // Somebody else was there in between, or the id is of something that was erased.
    if (one === undefined || 'refused' in one) {
      became.set(id, { stored: 'moved', version: one?.version ?? 0 });
      return [];
    }
    became.set(id, { stored: one.was === 0 ? 'created' : 'amended', version: one.version });
    return [{ id, source, digest, version: one.version }];
  });
  await tx.query(remember, [
    tenant,
    patient,
    texts(written.map(({ id }) => id)),
    numbers(written.map(({ version }) => version)),
    texts(written.map(({ digest }) => digest)),
    texts(written.map(({ source }) => source)),
  ]);
  return became;
}

/** What is new is written in the shorter way. */
async function applyAll(tx: Queryable, fresh: readonly Fresh[]): Promise<Map<string, Applied>> {
  const created = fresh.filter(({ isNew }) => isNew);
  const changed = fresh.filter(({ isNew }) => !isNew);
  if (created.length > 0) {
    await applyCreates(
      tx,
      created.map((one) => one.draft),
    );
  }
  const applied = changed.length === 0 ? [] : await applyChanges(tx, changed);
  return new Map([
    ...created.map(({ id }) => [id, { version: 1, was: 0 }] as const),
    ...changed.flatMap(({ id }, at) => (applied[at] ? [[id, applied[at]] as const] : [])),
  ]);
}

const texted = `select r.id, r.content, w.source from device_written w
  join resource r on r.tenant = $1 and r.type = ${OBSERVATION} and r.id = w.observation::text
  where w.tenant = $1 and w.observation = any($2::uuid[]) and r.version = w.version`;

/** Enters readings that are resources in error, unless somebody else has changed them. @returns those that were */
export async function markFull(batch: Batch, ids: readonly string[]): Promise<Map<string, FullStored>> {
  if (ids.length === 0) return new Map();
  const rows = await batch.tx.query(texted, [batch.tenant, ids]);
  const stored = rows.map(([id, content, source]) => {
    const was = JSON.parse(String(content)) as Observation; // as stored
    return { id: String(id), source: String(source), was };
  });
  const left = stored.filter(({ was }) => was.status !== 'entered-in-error');
  const readings = left.map(({ id, source, was }) => ({
    id,
    source,
    observation: () => was,
    said: 'taken back',
    error: true,
  }));
  return writeFull(batch, readings);
}
