import type { Queryable } from '../db/database.ts';
import { recordHash } from './identity.ts';
import type { RecordKey } from './reading.ts';
import { compareVersions } from './record-version.ts';

/** What a record is known to be: one row for each Observation that it became. */
type RecordRow = { part: string; observation: string; measure: string; version: string };

/** A record of a sender as it is stored, and as the readings of a batch leave it. */
type Known = {
  sender: string;
  rows: RecordRow[];
  changed: Set<RecordRow>;
  gone: RecordRow[];
  /** Known already, and sent again. */
  again: Set<RecordRow>;
};

/** Stands for the Observation in a row that says that the record was deleted. */
const nil = '00000000-0000-0000-0000-000000000000';

const isTombstone = ({ observation }: RecordRow): boolean => observation === nil;

/** A reading of a record. */
export type RecordReading = { record: RecordKey; sender: string; observation: string; measure: string };

/**
 * What a reading does to the Observations of its record. `write`: it is stored; `error`: it is stored as entered in error, for the
 * record was deleted before it came; `older`: the record is known in a later version, as another Observation. `instead`: those
 * that are entered in error because it took their place.
 */
export type Effect = { kind: 'write' | 'error'; instead: string[] } | { kind: 'older'; observation: string };

export type Records = {
  put(reading: RecordReading): Effect;
  /** `ids`: those that are entered in error, which they may be already; `known`: one that the record became, if any. */
  remove(record: RecordKey, sender: string): { ids: string[]; known: string | null };
  save(on: Queryable): Promise<void>;
};

const partOf = (record: RecordKey): string => record.part ?? '';

const load = `select encode(record, 'hex'), part, observation, measure, version from device_record
  where tenant = $1 and record = any(array(select decode(hash, 'hex') from unnest($2::text[]) h(hash)))`;

const upsert = `insert into device_record (tenant, record, part, observation, patient, measure, version, source)
  select $1, decode(record, 'hex'), part, observation, $2, measure, version, source
  from unnest($3::text[], $4::text[], $5::uuid[], $6::text[], $7::text[], $8::text[])
    v(record, part, observation, measure, version, source)
  on conflict (tenant, record, part, observation) do update set version = excluded.version`;

const remove = `delete from device_record d using unnest($2::text[], $3::text[], $4::uuid[]) v(record, part, observation)
  where d.tenant = $1 and d.record = decode(v.record, 'hex') and d.part = v.part and d.observation = v.observation`;

const clean = (text: string): string => text.replaceAll(/\p{Cc}/gu, ' ');

/**
 * The records of a batch. Nobody else may write those of the patient meanwhile.
 *
 * @param received ms since 1970, when the batch came: of a record without versions a later sending is the later version
 */
export async function loadRecords(
  on: Queryable,
  tenant: number,
  patient: string,
  records: readonly { record: RecordKey; sender: string }[],
  received: number,
): Promise<Records> {
  const known = new Map<string, Known>();
  const hashOf = ({ id }: RecordKey, sender: string): string => recordHash(patient, sender, id);
  for (const { record, sender } of records) {
    known.set(hashOf(record, sender), { sender, rows: [], changed: new Set(), gone: [], again: new Set() });
  }
  if (known.size > 0) {
    for (const row of await on.query(load, [tenant, [...known.keys()]])) {
      // The select list fixes the shape of a row.
      const [hash, part, observation, measure, version] = row as [string, string, string, string, string];
      known.get(hash)?.rows.push({ part, observation, measure, version });
    }
  }
  const versionOf = ({ version }: RecordKey): string => (version === null ? `@${received}` : clean(version));
  const knownOf = (record: RecordKey, sender: string): Known => {
    const one = known.get(hashOf(record, sender));
    if (one === undefined) throw new Error('a record of the batch was not loaded');
    return one;
  };

  return {
    put({ record, sender, observation, measure }) {
      const of = knownOf(record, sender);
      return putInto(of, { part: clean(partOf(record)), observation, measure, version: versionOf(record) });
    },

    remove(record, sender) {
      const of = knownOf(record, sender);
      const part = clean(partOf(record));
      const version = record.version === null ? '' : versionOf(record);
      const tombstone = of.rows.find((one) => isTombstone(one) && one.part === part);
      if (tombstone === undefined) {
        const row = { part, observation: nil, measure: '', version };
        of.rows.push(row);
        of.changed.add(row);
      } else if (
        tombstone.version !== '' &&
        (version === '' || compareVersions(version, tombstone.version) === 'newer')
      ) {
        tombstone.version = version;
        of.changed.add(tombstone);
      }
      const meant = of.rows.filter((one) => !isTombstone(one) && (part === '' || one.part === part));
      const ids = meant.filter((one) => isDeleted(of, one)).map((one) => one.observation);
      return { ids, known: ids[0] ?? meant[0]?.observation ?? null };
    },

    async save(database) {
      const all = [...known].map(([hash, of]) => ({ hash, ...of }));
      const gone = all.flatMap(({ hash, gone: rows }) => rows.map((row) => ({ hash, ...row })));
      const changed = all.flatMap(({ hash, sender, rows, changed: some }) =>
        rows.filter((row) => some.has(row)).map((row) => ({ hash, sender, ...row })),
      );
      const columns = (rows: readonly { hash: string; part: string; observation: string }[]): string[][] => [
        rows.map(({ hash }) => hash),
        rows.map(({ part }) => part),
        rows.map(({ observation }) => observation),
      ];
      if (gone.length > 0) await database.query(remove, [tenant, ...columns(gone)]);
      if (changed.length === 0) return;
      const more = [
        changed.map(({ measure }) => measure),
        changed.map(({ version }) => version),
        changed.map(({ sender }) => sender),
      ];
      await database.query(upsert, [tenant, patient, ...columns(changed), ...more]);
    },
  };
}

/** Whether the record was deleted, and not written again in a later version. */
function isDeleted({ rows }: Known, { part, version }: Pick<RecordRow, 'part' | 'version'>): boolean {
  return rows.some(
    (one) =>
      isTombstone(one) &&
      (one.part === '' || one.part === part) &&
      (one.version === '' || version.startsWith('@') || compareVersions(version, one.version) !== 'newer'),
  );
}

function putInto(of: Known, put: RecordRow): Effect {
  const group = of.rows.filter((one) => !isTombstone(one) && one.part === put.part && one.measure === put.measure);
  const same = group.find(({ observation }) => observation === put.observation);
  const later = group.find((one) => compareVersions(put.version, one.version) === 'older');
  if (later) return { kind: 'older', observation: later.observation };
  const kind = isDeleted(of, put) ? 'error' : 'write';
  // Without a version, one that is known already says nothing new: the others may have come along with it, or come yet.
  if (same && put.version.startsWith('@')) {
    of.again.add(same);
    return { kind, instead: [] };
  }
  const replaced = group.filter(
    (one) => one !== same && !of.again.has(one) && compareVersions(put.version, one.version) === 'newer',
  );
  const gone = new Set(replaced);
  of.rows = of.rows.filter((one) => !gone.has(one));
  of.gone.push(...replaced);
  for (const one of replaced) of.changed.delete(one);
  const row = same ?? put;
  if (!same) of.rows.push(put);
  if (!same || same.version !== put.version) of.changed.add(row);
  row.version = put.version;
  return { kind, instead: replaced.map(({ observation }) => observation) };
}
