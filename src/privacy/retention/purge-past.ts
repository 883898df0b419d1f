import type { FhirContext } from '../../fhir/context.ts';
import { typeNumber, typeOfNumber } from '../../fhir/resources.ts';
import { accountsOf, eraseBelongings } from '../erase/accounts.ts';
import { heldAmong } from '../erase/held-rows.ts';
import { inventoryOf, type Name, nameOf } from '../erase/inventory.ts';
import { purge } from '../erase/purge.ts';
import { activityOf } from './bearing.ts';
import { longest } from './ends.ts';
import { bearings, rowsOf } from './kept.ts';
import { purgeSamples } from './past-samples.ts';
import type { RetentionRule } from './retention-rules.ts';
import { rulesInForce } from './rules-in-force.ts';

/** Records, and rows, that are looked at together. */
const PAGE = 200;

/** A resource whose time is over, and the rule that kept it for longest. */
type Past = Name & { rule: string };

/** Purges what is past every rule about it, and not held. What was purged, and what was not because of a hold, is counted. */
export async function purgePast(context: FhirContext, tenant: number): Promise<void> {
  const rules = await rulesInForce(context.database, tenant);
  await purgeRows(context, tenant, rules);
  // Before the Patients: when one was born tells how long.
  await purgeSamples(context, tenant, rules, (rule, gone) =>
    count(context, tenant, { rule, type: 'Observation' }, gone, 0),
  );
  await purgeRecords(context, tenant, rules);
}

const recordsSql = `select id from resource where tenant = $1 and type = ${typeNumber('Patient')} and last_updated < $2 and id > $3
  order by id limit ${PAGE}`;

/** Rules that count from something about the patient: all that they are about is past at once. */
async function purgeRecords(context: FhirContext, tenant: number, rules: readonly RetentionRule[]): Promise<void> {
  const { database } = context;
  const byRow = typesByRow(rules);
  const counted = rules.filter(({ trigger }) => trigger !== 'period-end' && trigger !== 'adjudication');
  const shortest = Math.min(...counted.map(({ years }) => years));
  if (!Number.isFinite(shortest)) return;
  const before = new Date(context.now());
  before.setUTCFullYear(before.getUTCFullYear() - shortest);
  for (let after = ''; ; ) {
    const page = (await database.query(recordsSql, [tenant, before, after])).map(([id]) => String(id));
    for (const [id, { activity, patient }] of await activityOf(database, tenant, page)) {
      const bearing = { patient, activity, periodEnd: null, isOpen: false };
      const isPast = (type: string): string | null => {
        const found = byRow.has(type) ? null : longest(rules, type, bearing);
        return found !== null && found.end <= context.now() ? found.rule.name : null;
      };
      if (!rules.some(({ types }) => types.some((type) => isPast(type) !== null))) continue;
      const { own } = await inventoryOf(database, tenant, id);
      const past = own.flatMap((one): Past[] => {
        const rule = isPast(one.type);
        return rule === null ? [] : [{ ...one, rule }];
      });
      await purgeOf(context, tenant, id, past);
    }
    if (page.length < PAGE) return;
    after = page.at(-1) ?? '';
  }
}

/** Types of which each row has a time of its own. */
const typesByRow = (rules: readonly RetentionRule[]): ReadonlySet<string> =>
  new Set(rules.filter(({ trigger }) => trigger === 'period-end').flatMap(({ types }) => types));

const rowsSql = `select type, id from resource where tenant = $1 and type = any($2::smallint[]) and last_updated < $3
    and coalesce(date_end, last_updated) < $3 and (type, id) > ($4, $5) order by type, id limit ${PAGE}`;

async function purgeRows(context: FhirContext, tenant: number, rules: readonly RetentionRule[]): Promise<void> {
  const types = [...typesByRow(rules)].map(typeNumber);
  if (types.length === 0) return;
  const now = context.now();
  for (let after: [number, string] = [0, '']; ; ) {
    const page = await context.database.query(rowsSql, [tenant, types, new Date(now), ...after]);
    const names = page.map(([type, id]) => ({ type: typeOfNumber(type as number), id: String(id) }));
    const rows = await rowsOf(context, tenant, names);
    const all = await bearings(context, tenant, rows);
    const past = new Map<string | null, Past[]>();
    for (const [at, { type, id, patient }] of rows.entries()) {
      const bearing = all[at];
      const found = bearing && longest(rules, type, bearing);
      if (!found || found.end > now) continue;
      past.set(patient, [...(past.get(patient) ?? []), { type, id, rule: found.rule.name }]);
    }
    for (const [patient, some] of past) await purgeOf(context, tenant, patient, some);
    const last = page.at(-1);
    if (page.length < PAGE || !last) return;
    after = [Number(last[0]), String(last[1])];
  }
}

async function purgeOf(
  context: FhirContext,
  tenant: number,
  patient: string | null,
  past: readonly Past[],
): Promise<void> {
  if (past.length === 0) return;
  const { database } = context;
  // What is in several records is held by a hold on any of them.
  const held = await heldAmong(context, tenant, null, past);
  const going = past.filter((one) => !held.has(nameOf(one)));
  if (going.length > 0) {
    await purge(context, tenant, going);
    // Whose record is gone has no account any more.
    if (patient !== null && going.some(({ type }) => type === 'Patient')) {
      const users = await accountsOf(database, tenant, patient);
      const proxies = going.filter(({ type }) => type === 'RelatedPerson').map(({ id }) => id);
      await eraseBelongings(database, tenant, patient, users, proxies);
    }
  }
  const counts = Map.groupBy(past, ({ rule, type }) => `${typeNumber(type)} ${rule}`);
  for (const some of counts.values()) {
    const [{ rule, type } = { rule: '', type: 'Patient' }] = some;
    const kept = some.filter((one) => held.has(nameOf(one))).length;
    await count(context, tenant, { rule, type }, some.length - kept, kept);
  }
}

/** Adds to the figures of today. */
async function count(
  { database, now }: FhirContext,
  tenant: number,
  { rule, type }: Pick<Past, 'rule' | 'type'>,
  gone: number,
  held: number,
): Promise<void> {
  await database.query(
    `insert into retention_purge as p (tenant, day, rule, type, rows, held) values ($1, $2::date, $3, $4, $5, $6)
     on conflict (tenant, day, rule, type) do update set rows = p.rows + excluded.rows, held = p.held + excluded.held`,
    [tenant, new Date(now()).toISOString().slice(0, 10), rule, typeNumber(type), gone, held],
  );
}
