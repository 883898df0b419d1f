import type { Database } from '../../db/database.ts';
import { admits, type Grant, hides, type Interaction } from '../access.ts';
import { gone, notFound, ok, type Refusal, type Result } from '../outcome.ts';
import { isWrittenByServer, typeNumber } from '../resources.ts';
import { isSampleId } from '../samples/promote.ts';
import { numbers, texts } from './arrays.ts';
import { lane } from './coalesce.ts';
import { type Stored, stored } from './release.ts';

/** A row looked up by its id alone. Nothing outside this file gets it before the grant was held against it. */
type Point = { tenant: number; type: string; id: string };

const pointSql = `select v.n::int, r.version, r.last_updated, r.patient, r.patients, r.labels::float8, r.content
  from unnest($1::int[], $2::smallint[], string_to_array($3, chr(30))) with ordinality v(tenant, type, id, n)
  join resource r using (tenant, type, id)`;

/** What was deleted is held against the grant by what it was. */
const before = `coalesce(case when h.deleted then (select p.content from resource_history p where p.tenant = h.tenant
  and p.type = h.type and p.id = h.id and p.version = h.version - 1) end, h.content) as content`;

const versionSql = `select version, last_updated, patient, patients, labels::float8, content, deleted from (
    select version, last_updated, patient, patients, labels, content, false as deleted from resource
      where tenant = $1 and type = $2 and id = $3 and version = $4
    union all
    select version, last_updated, patient, patients, labels, ${before}, deleted from resource_history h
      where tenant = $1 and type = $2 and id = $3 and version = $4) v limit 1`;

const tombstoneSql = `select version, last_updated, patient, patients, labels::float8, ${before} from resource_history h
  where tenant = $1 and type = $2 and id = $3 and deleted order by version desc limit 1`;

/** The ledger's rows have one version, and are read a few at a time. */
const auditedSql = `select version, last_updated, patient, patients, labels::float8, content from audit_event
  where tenant = $1 and id = $2`;

/** The body of every 404 of a read: the same for what is hidden and for what never was. */
export const unknownId = (type: string, id: string): Refusal => notFound(`${type}/${id} is not known here`);

const columns = 'version, last_updated, patient, patients, labels::float8, content';

const sampleSql = `select ${columns} from sample_observation where tenant = $1 and id = $2`;

const sampleVersionSql = `select * from (
    select ${columns} from sample_observation where tenant = $1 and id = $2
    union all
    select ${columns} from sample_observation_history where tenant = $1 and id = $2) v where version = $3`;

export type Reader = {
  /**
   * The current version; 404 for what is hidden or never was, 410 for what was deleted and could be seen before.
   *
   * @param needed what is about to be done with it, where that is not to show it
   */
  read(grant: Grant, type: string, id: string, needed?: Interaction): Promise<Result<Stored>>;
  /** One version; 404 likewise, 410 for the version that is a delete. */
  vread(grant: Grant, type: string, id: string, version: number): Promise<Result<Stored>>;
};

/** Reads by id. Concurrent reads become one statement; each row is held against the grant of the one who asked for it. */
export function createReader(database: Database): Reader {
  const points = lane<Point, Stored | null>({
    width: 2,
    maxWeight: 256,
    async run(items) {
      const rows = await database.byKey.query(pointSql, [
        numbers(items.map((one) => one.tenant)),
        numbers(items.map((one) => typeNumber(one.type))),
        texts(items.map((one) => one.id)),
      ]);
      const found = new Array<Stored | null>(items.length).fill(null);
      for (const [n, ...row] of rows) {
        const item = items[(n as number) - 1];
        if (item) found[(n as number) - 1] = stored(item.type, item.id, row);
      }
      return found;
    },
  });

  /** A row of the narrow tier, where the id can be one of it. */
  async function sampled({ tenant, type, id }: Point, version: number | null): Promise<Stored | null> {
    if (!isSampleId(type, id)) return null;
    const [found] = await (version === null
      ? database.byKey.query(sampleSql, [tenant, id])
      : database.byKey.query(sampleVersionSql, [tenant, id, version]));
    return found ? stored(type, id, found) : null;
  }

  async function audited(grant: Grant, type: string, id: string, needed: Interaction): Promise<Result<Stored>> {
    const [found] = await database.byKey.query(auditedSql, [grant.tenant, id]);
    const row = found && stored(type, id, found);
    return row && admits(grant, type, row, needed) ? ok(row) : unknownId(type, id);
  }

  const reader: Reader = {
    async read(grant, type, id, needed = 'r') {
      if (isWrittenByServer(type)) return audited(grant, type, id, needed);
      const point = { tenant: grant.tenant, type, id };
      const row = (await points.push(point)) ?? (await sampled(point, null));
      if (row !== null && admits(grant, type, row, needed)) return ok(row);
      // Looked for of what is hidden, too, so that the time it takes does not tell that it is there.
      const [tombstone] = await database.byKey.query(tombstoneSql, [grant.tenant, typeNumber(type), id]);
      if (row === null && tombstone && admits(grant, type, stored(type, id, tombstone), needed))
        return gone(`${type}/${id} was deleted`);
      return unknownId(type, id);
    },

    async vread(grant, type, id, version) {
      if (isWrittenByServer(type)) return version === 1 ? audited(grant, type, id, 'r') : unknownId(type, id);
      const [row] = await database.byKey.query(versionSql, [grant.tenant, typeNumber(type), id, version]);
      const found = row ? stored(type, id, row) : await sampled({ tenant: grant.tenant, type, id }, version);
      if (!found) return unknownId(type, id);
      if (!admits(grant, type, found, 'r')) return unknownId(type, id);
      if (hides(grant)) {
        // What has moved to another patient takes its history along.
        const now = await reader.read(grant, type, id);
        if (!now.ok && now.status === 404) return now;
      }
      return row?.[6] === true ? gone(`Version ${version} of ${type}/${id} is its deletion`) : ok(found);
    },
  };
  return reader;
}
