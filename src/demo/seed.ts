import type { Queryable } from '../db/database.ts';
import type { FhirContext, Resource } from '../fhir/context.ts';
import type { Parsed } from '../fhir/json.ts';
import { typeNumber } from '../fhir/resources.ts';
import { applyCreates } from '../fhir/store/apply.ts';
import { rememberTexts } from '../fhir/store/concept-texts.ts';
import { type Draft, draft } from '../fhir/store/draft.ts';
import { carrier } from './data/clinics.ts';
import { demoWorld } from './demo-world.ts';

/** Resources in one statement. */
const BATCH = 500;

/** Any number of our own: two processes that start at once must not both seed. */
const SEED_LOCK = 820_455;

const tenant = 1;

/** What seeding needs of the core. */
type Seeding = Pick<FhirContext, 'database' | 'index' | 'now'> & {
  /** What protects a resource is put on it; absent: it is written as it was made. */
  label?: (parsed: Parsed) => Parsed;
};

/** The carrier was written once, even if somebody has deleted it since. */
const seededSql = `select 1 from resource where tenant = $1 and type = $2 and id = $3
  union all select 1 from resource_history where tenant = $1 and type = $2 and id = $3 limit 1`;

const usedSql = `select type, id from resource where tenant = $1 and id = any($2::text[])
  union select type, id from resource_history where tenant = $1 and id = any($2::text[])`;

async function isSeeded(on: Queryable): Promise<boolean> {
  const found = await on.query(seededSql, [tenant, typeNumber('Organization'), carrier.id]);
  return found.length > 0;
}

/** The drafts whose ids nobody has or ever had. Creating them so costs a quarter of what an update under a chosen id does. */
async function unused(on: Queryable, drafts: readonly Draft[]): Promise<Draft[]> {
  const params = [tenant, drafts.map(({ id }) => id)];
  const rows = await on.query(usedSql, params);
  const used = new Set(rows.map(([type, id]) => `${type}/${id}`));
  return drafts.filter(({ type, id }) => !used.has(`${typeNumber(type)}/${id}`));
}

function draftsOf(context: Seeding, origin: string): Draft[] {
  const now = new Date(context.now());
  return demoWorld({ today: now.toISOString().slice(0, 10), origin }).map((made) => {
    const text = JSON.stringify(made);
    // What the generator makes is checked by its test, so that a start need not check it again.
    const resource = JSON.parse(text) as Resource & { id: string };
    const parsed = { text, resource };
    return draft(context, tenant, context.label?.(parsed) ?? parsed, resource.id, now);
  });
}

/**
 * Writes the demo world into the first tenant, in one commit, unless it has been there before: what a visitor changed or
 * deleted stays so. A resource that already has one of its ids is left alone.
 *
 * @param origin where this server can be reached, without a trailing slash
 * @returns how many resources were written; 0 when the world was there
 */
export async function seedDemo(context: Seeding, origin: string): Promise<number> {
  const { database } = context;
  if (await isSeeded(database)) return 0;
  const drafts = draftsOf(context, origin);
  await rememberTexts(database, drafts);
  const written = await database.transaction(async (tx) => {
    await tx.query('select pg_advisory_xact_lock($1)', [SEED_LOCK]);
    if (await isSeeded(tx)) return 0;
    const fresh = await unused(tx, drafts);
    for (let from = 0; from < fresh.length; from += BATCH) await applyCreates(tx, fresh.slice(from, from + BATCH));
    return fresh.length;
  });
  // Plans that were made for empty tables would stay.
  if (written > 0)
    await database.query('analyze resource, resource_string, resource_date, resource_number, concept_text');
  return written;
}
