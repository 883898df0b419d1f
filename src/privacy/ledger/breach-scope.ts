import type { AuditUse } from '../../fhir/audit/used.ts';
import type { FhirContext } from '../../fhir/context.ts';

/** What of one patient was reached. */
export type Reached = {
  patient: string;
  events: number;
  first: Date;
  last: Date;
  /** How many different resources of each type, as far as the ledger tells them apart. */
  types: ReadonlyMap<string, number>;
};

export type BreachAsk = {
  client: string | null;
  /** `Practitioner/1`, or the `sub` of a token. */
  user: string | null;
  from: Date;
  to: Date;
};

/** Rows that are read at a time. */
const PAGE = 5000;

const shapesSql = `select id::text from ledger_shape where tenant = $1
  and content::jsonb ->> 'outcome' = '0'
  and ($2::text is null or content::jsonb ->> 'client' = $2)
  and ($3::text is null or content::jsonb ->> 'subject' = $3 or content::jsonb ->> 'who' = $3)`;

const rowsSql = `select id, recorded, patient, content from ledger where tenant = $1 and recorded >= $2 and recorded < $3
  and patient is not null and shape = any($4::bigint[]) and (recorded, id) > ($5, $6) order by recorded, id limit $7`;

type Counted = { events: number; first: Date; last: Date; ids: Map<string, Set<string>>; most: Map<string, number> };

function count(one: Counted, recorded: Date, { what = {}, count: counts = {} }: AuditUse): void {
  one.events++;
  one.last = recorded;
  for (const [type, ids] of Object.entries(what)) {
    const known = one.ids.get(type) ?? new Set();
    one.ids.set(type, known);
    for (const id of ids) known.add(id);
  }
  for (const [type, n] of Object.entries(counts)) one.most.set(type, Math.max(n, one.most.get(type) ?? 0));
}

function typesOf({ ids, most }: Counted): Map<string, number> {
  const types = new Map([...ids].map(([type, known]) => [type, known.size]));
  for (const [type, n] of most) types.set(type, Math.max(n, types.get(type) ?? 0));
  return types;
}

/** Whose records were reached, the most used first. */
export async function breachScope(
  { database }: Pick<FhirContext, 'database'>,
  tenant: number,
  { client, user, from, to }: BreachAsk,
): Promise<Reached[]> {
  const shapes = await database.query(shapesSql, [tenant, client, user]);
  if (shapes.length === 0) return [];
  const ids = `{${shapes.map(([id]) => id).join(',')}}`;
  const found = new Map<string, Counted>();
  let place: [Date, string] = [from, ''];
  for (;;) {
    const rows = await database.query(rowsSql, [tenant, from, to, ids, ...place, PAGE]);
    // The select list fixes the shape of a row, and what has a shape is a use.
    for (const [, recorded, patient, content] of rows as [string, Date, string, string][]) {
      const one = found.get(patient) ?? { events: 0, first: recorded, last: recorded, ids: new Map(), most: new Map() };
      found.set(patient, one);
      count(one, recorded, JSON.parse(content) as AuditUse);
    }
    const end = rows.at(-1);
    if (rows.length < PAGE || !end) break;
    place = [end[1] as Date, end[0] as string];
  }
  return [...found]
    .map(([patient, one]) => ({ patient, events: one.events, first: one.first, last: one.last, types: typesOf(one) }))
    .sort((a, b) => b.events - a.events);
}
