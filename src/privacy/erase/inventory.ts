import type { Queryable } from '../../db/database.ts';
import { resourceTypes, typeNumber, typeOfNumber } from '../../fhir/resources.ts';

/** A row of `resource` or of its history, by whose record it is in. */
type Version = {
  type: string;
  id: string;
  version: number;
  patient: string | null;
  patients: readonly string[] | null;
  current: boolean;
};

export type Name = { type: string; id: string };

/** What there is of one patient. */
export type Inventory = {
  /** Resources that are in their record and in nobody else's, deleted ones included. */
  own: readonly Name[];
  /** Resources that are in somebody else's record, too, or once were. */
  shared: readonly Name[];
  /** Versions of when something was theirs that is somebody else's now. */
  strays: readonly (Name & { version: number })[];
};

export const nameOf = ({ type, id }: Name): string => `${type}/${id}`;

export function parseName(text: string): Name {
  const slash = text.indexOf('/');
  return { type: text.slice(0, slash), id: text.slice(slash + 1) };
}

const columns = 'type, id, version, patient, patients';
const arms = ['resource', 'resource_history'].flatMap((table) => {
  const current = table === 'resource';
  return [
    `select ${columns}, ${current} from ${table} where tenant = $1 and type = any($3::smallint[]) and patient = $2`,
    `select ${columns}, ${current} from ${table} where tenant = $1 and patients @> array[$2::text]
       and patient is distinct from $2`,
  ];
});

const presentSql = `select r.type, r.id from unnest($2::smallint[], $3::text[]) v(type, id)
  join resource r on r.tenant = $1 and r.type = v.type and r.id = v.id`;

/** Everything in the record of a patient, also of what was deleted, whatever its type. */
export async function inventoryOf(on: Queryable, tenant: number, patient: string): Promise<Inventory> {
  const rows = await on.query(arms.join(' union all '), [tenant, patient, resourceTypes.map(typeNumber)]);
  const byName = new Map<string, Version[]>();
  for (const row of rows) {
    const version = versionOf(row);
    const versions = byName.get(nameOf(version)) ?? [];
    versions.push(version);
    byName.set(nameOf(version), versions);
  }
  const isTheirs = (one: Version): boolean =>
    one.patient === patient || (one.patient === null && (one.patients ?? []).every((id) => id === patient));

  const past = [...byName.values()].filter((versions) => versions.every(({ current }) => !current));
  const moved = await presentOf(
    on,
    tenant,
    past.flatMap(([first]) => first ?? []),
  );
  const found = { own: [] as Name[], shared: [] as Name[], strays: [] as (Name & { version: number })[] };
  for (const [name, all] of byName) {
    const latest = all.reduce((a, b) => (b.version > a.version ? b : a));
    const { type, id } = latest;
    if (!moved.has(name) && isTheirs(latest)) {
      found.own.push({ type, id });
      continue;
    }
    for (const one of all) if (isTheirs(one)) found.strays.push({ type, id, version: one.version });
    if (!all.every(isTheirs)) found.shared.push({ type, id });
  }
  return found;
}

/** Which of these are stored now. */
async function presentOf(on: Queryable, tenant: number, names: readonly Name[]): Promise<ReadonlySet<string>> {
  if (names.length === 0) return new Set();
  const params = [tenant, names.map(({ type }) => typeNumber(type)), names.map(({ id }) => id)];
  const rows = await on.query(presentSql, params);
  return new Set(rows.map(([type, id]) => nameOf({ type: typeOfNumber(type as number), id: id as string })));
}

// The select list fixes the shape of the row.
const versionOf = ([type, id, version, patient, patients, current]: readonly unknown[]): Version => ({
  type: typeOfNumber(type as number),
  id: id as string,
  version: version as number,
  patient: patient as string | null,
  patients: patients as string[] | null,
  current: current as boolean,
});
