import type { FhirContext } from '../../fhir/context.ts';
import { accountsOf, countBelongings, eraseBelongings, filesOf } from './accounts.ts';
import { countRows, eraseRows, eraseVersions, markErased } from './erase-rows.ts';
import { type Erasure, saveWork, type Work } from './erasure.ts';
import { unneeded } from './files.ts';
import { heldAmong } from './held-rows.ts';
import { inventoryOf, type Name, nameOf, parseName } from './inventory.ts';
import { look } from './look.ts';
import { countReadings, eraseReadings, textsOfReadings } from './readings.ts';
import type { Count, ReceiptBody } from './receipt.ts';
import type { Unnamed } from './scrub.ts';
import { eraseTexts } from './texts-of-codes.ts';
import { unname, unnameTombstones } from './unname.ts';

/** Something of the record that must be kept, and why. */
export type Kept = Name & { reason: string };

/** What must be kept of some resources of a record. */
export type Keep = (context: FhirContext, tenant: number, names: readonly Name[]) => Promise<readonly Kept[]>;

/** What was erased, counted. */
export type Counted = Omit<ReceiptBody, 'id' | 'server' | 'patient' | 'requested' | 'erased'>;

/** How often one looks again for what was written meanwhile. */
const ROUNDS = 10;

const begun: Work = { ids: [], resources: {}, versions: 0, sides: 0, others: {}, files: [], texts: [], unnamed: {} };

function added(a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>): Record<string, number> {
  const sum: Record<string, number> = { ...a };
  for (const [name, count] of Object.entries(b)) sum[name] = (sum[name] ?? 0) + count;
  return sum;
}

/** To whoever asked it is not told whose, nor why: that may be sealed. */
const ofOthers = 'It is part of the record of somebody else, of which nothing may be changed at present';

const union = <T>(a: readonly T[], b: readonly T[]): T[] => [...new Set([...a, ...b])];

/**
 * Erases a record: every resource, version, file and account, as if they had never been; in what is others' the patient is not
 * named any more. It can be begun again at any point, by another process as well. The request itself is left.
 */
export async function erasePatient(context: FhirContext, erasure: Erasure, keep: Keep): Promise<Counted> {
  const { database } = context;
  const { tenant, patient } = erasure;
  const users = union(erasure.users, await accountsOf(database, tenant, patient));
  const readings = await keptReadings(context, tenant, patient, keep);
  let work = erasure.work ?? {
    ...begun,
    others: {
      ...(await countBelongings(database, tenant, patient, users)),
      ...(readings === null ? await countReadings(database, tenant, patient) : {}),
    },
  };
  work = {
    ...work,
    files: union(work.files, await filesOf(database, tenant, patient)),
    texts: readings === null ? union(work.texts, await textsOfReadings(database, tenant, patient)) : work.texts,
  };
  let kept: readonly Kept[] = [];
  // What was written while it went is found in the next round; in the last one nothing is.
  for (let round = 1; ; round++) {
    const inventory = await inventoryOf(database, tenant, patient);
    const theirs = [...inventory.own, ...inventory.strays];
    const heldOfOthers = await heldAmong(context, tenant, patient, theirs);
    const ownHeld = inventory.own.filter((one) => heldOfOthers.has(nameOf(one)));
    kept = [
      ...(await keep(context, tenant, inventory.own)).filter((one) => !heldOfOthers.has(nameOf(one))),
      ...ownHeld.map((one) => ({ ...one, reason: ofOthers })),
    ];
    const staying = new Set([...kept.map(nameOf), `Task/${erasure.taskId}`]);
    const own = inventory.own.filter((one) => !staying.has(nameOf(one)));
    const names = union([`Patient/${patient}`], work.ids).map(parseName);
    const around = await look(context, tenant, { ...inventory, own }, names, staying);
    const heldNaming = await heldAmong(context, tenant, patient, around.naming);
    kept = [
      ...kept,
      ...around.naming.flatMap((one) => (heldNaming.has(nameOf(one)) ? [{ ...one, reason: ofOthers }] : [])),
    ];
    const naming = around.naming.filter((one) => !heldNaming.has(nameOf(one)));
    const strays = inventory.strays.filter((one) => !heldOfOthers.has(nameOf(one)));
    if (round > 1 && own.length + strays.length + naming.length === 0 && around.going.length === names.length) break;
    if (round > ROUNDS) throw new Error('a record that is being erased is being written all the time');
    const known = new Set(work.ids);
    const fresh = around.going.filter((one) => !known.has(nameOf(one)));
    const counts = await countRows(database.byKey, tenant, fresh);
    work = {
      ...work,
      ids: union(work.ids, around.going.map(nameOf)),
      resources: added(work.resources, counts.resources),
      versions: work.versions + counts.versions + strays.length,
      sides: work.sides + counts.sides,
      files: union(work.files, around.files),
      texts: union(work.texts, around.texts),
    };
    // From here on another can finish it.
    await saveWork(database, erasure, work);
    await markErased(database, tenant, work.ids.map(parseName));
    work = await unnameAll(context, erasure, work, naming, around.terms);
    await saveWork(database, erasure, work);
    await eraseVersions(database, tenant, strays);
    await eraseRows(database.byKey, tenant, work.ids.map(parseName));
  }
  const proxies = work.ids.map(parseName).filter(({ type }) => type === 'RelatedPerson');
  const others = proxies.map(({ id }) => id);
  await eraseBelongings(database, tenant, patient, users, others);
  if (readings === null) await eraseReadings(database, tenant, patient, null);
  await eraseTexts(database, tenant, work.texts);
  const files = await unneeded(database, work.files);
  for (const file of files) await context.blobs.delete(file);
  // What backups hold of the record is readable by nobody from here on.
  if (kept.length === 0) await context.patientKeys?.destroy(tenant, patient);
  return countAgain(context, erasure, { work, users, files, kept, readings });
}

/** Of the samples of a record, how many must be kept and why; null: none. What is true of the latest is true of each. */
async function keptReadings(
  context: FhirContext,
  tenant: number,
  patient: string,
  keep: Keep,
): Promise<{ count: number; reason: string } | null> {
  const [row] = await context.database.query(
    `select l.id::text, count from series s cross join lateral (select id, received from sample m
       where m.tenant = $1 and m.series = s.id and m.status <> 9 order by received desc limit 1) l,
       (select count(*)::int as count from sample m join series o on o.tenant = $1 and o.id = m.series
         where m.tenant = $1 and o.patient = $2 and m.status <> 9) c
     where s.tenant = $1 and s.patient = $2 order by l.received desc limit 1`,
    [tenant, patient],
  );
  if (!row) return null;
  const [kept] = await keep(context, tenant, [{ type: 'Observation', id: String(row[0]) }]);
  return kept ? { count: Number(row[1]), reason: kept.reason } : null;
}

/** Rids what is others' of the patient; what is no resource without goes as a whole. */
async function unnameAll(
  context: FhirContext,
  { tenant, patient }: Erasure,
  before: Work,
  naming: readonly Name[],
  terms: readonly string[],
): Promise<Work> {
  const gone = new Set(before.ids);
  const unnamed: Unnamed = { erased: (name) => gone.has(name), terms };
  let work = before;
  for (const one of naming) {
    const outcome = await unname(context, tenant, one, unnamed);
    await unnameTombstones(context, tenant, one, patient);
    if (outcome === 'unnamed') work = { ...work, unnamed: added(work.unnamed, { [one.type]: 1 }) };
    if (outcome !== 'invalid') continue;
    const counts = await countRows(context.database.byKey, tenant, [one]);
    const { versions, sides } = counts;
    work = {
      ...work,
      ids: union(work.ids, [nameOf(one)]),
      resources: added(work.resources, counts.resources),
      versions: work.versions + versions,
      sides: work.sides + sides,
    };
    await markErased(context.database, tenant, [one]);
  }
  return work;
}

type Done = {
  work: Work;
  users: readonly string[];
  files: readonly string[];
  kept: readonly Kept[];
  readings: { count: number; reason: string } | null;
};

/** What was there, and what is left of it now. */
async function countAgain(
  context: FhirContext,
  { tenant, patient }: Erasure,
  { work, users, files, kept, readings }: Done,
): Promise<Counted> {
  const { database, blobs } = context;
  const left = await countRows(database.byKey, tenant, work.ids.map(parseName));
  const others = {
    ...(await countBelongings(database, tenant, patient, users)),
    ...(readings === null ? await countReadings(database, tenant, patient) : {}),
  };
  const present = await Promise.all(
    files.map(async (file) => {
      const stream = await blobs.get(file);
      stream?.destroy();
      return stream !== null;
    }),
  );
  return {
    resources: bothOf(work.resources, left.resources),
    versions: { before: work.versions, after: left.versions },
    sides: { before: work.sides, after: left.sides },
    others: bothOf(work.others, others),
    files: { before: files.length, after: present.filter(Boolean).length },
    unnamed: work.unnamed,
    kept: [...summed(kept), ...(readings === null ? [] : [{ type: 'Observation', ...readings }])],
  };
}

function bothOf(
  before: Readonly<Record<string, number>>,
  after: Readonly<Record<string, number>>,
): Record<string, Count> {
  const names = union(Object.keys(before), Object.keys(after)).sort();
  return Object.fromEntries(names.map((name) => [name, { before: before[name] ?? 0, after: after[name] ?? 0 }]));
}

/** How many of each type are kept for each reason. */
function summed(kept: readonly Kept[]): { type: string; count: number; reason: string }[] {
  const sums = new Map<string, { type: string; count: number; reason: string }>();
  for (const { type, reason } of kept) {
    const name = `${type} ${reason}`;
    sums.set(name, { type, reason, count: (sums.get(name)?.count ?? 0) + 1 });
  }
  return [...sums.values()];
}
