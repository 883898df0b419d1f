import { type Job, keepJob } from '../../db/jobs.ts';
import type { FhirContext } from '../../fhir/context.ts';
import { parseResource } from '../../fhir/json.ts';
import { typeNumber } from '../../fhir/resources.ts';
import { isSampleId } from '../../fhir/samples/promote.ts';
import { draft } from '../../fhir/store/draft.ts';
import { systemGrant } from '../../fhir/store/system.ts';
import type { JobHandler } from '../jobs/job-handler.ts';
import { withLabels } from './labelled.ts';
import { relabelSeries } from './relabel-series.ts';
import { isLabelled, rulesVersion } from './ruled.ts';

/** Rows that are looked at in one go; what is done of them is done if the server dies. */
const BATCH = 500;

/** Writers of one row who come in between, one after the other. */
const attempts = 5;

type Place = { type: number; id: string };

/** Where the rules of this version are to go on, or null where they have been applied to everything. */
async function placeOf(context: FhirContext, tenant: number): Promise<Place | null> {
  const [row] = await context.database.query('select version, coming, type, id from label_rules where tenant = $1', [
    tenant,
  ]);
  const [version, coming, type, id] = row ?? [];
  if (version === rulesVersion) return null;
  return coming === rulesVersion ? { type: Number(type), id: String(id) } : { type: 0, id: '' };
}

async function save(context: FhirContext, tenant: number, { type, id }: Place, version: string): Promise<void> {
  await context.database.query(
    `insert into label_rules (tenant, version, coming, type, id) values ($1, $2, $3, $4, $5)
     on conflict (tenant) do update set version = case when excluded.version = '' then label_rules.version else excluded.version end,
       coming = excluded.coming, type = excluded.type, id = excluded.id`,
    [tenant, version, rulesVersion, type, id],
  );
}

const ownSql = 'update device_written set version = $4 where tenant = $1 and observation = $2::uuid and version = $3';

/** Writes the next version of a resource if the rules say other labels than it has, so that its history tells. */
async function relabelOne(context: FhirContext, tenant: number, type: string, id: string): Promise<void> {
  const grant = systemGrant(tenant, [type]);
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const found = await context.store.read(grant, type, id);
    if (!found.ok) return;
    const { content, version } = found.value;
    const parsed = parseResource(content);
    if (!parsed.ok) throw new Error('a stored resource is not JSON');
    const labelled = withLabels(parsed.value, content, false);
    if (labelled === parsed.value) return;
    const one = draft(context, tenant, labelled, id, new Date(context.now()));
    const written = await context.store.update(grant, one, version);
    if (!written.ok) continue;
    // A device that sent it may still amend it: nobody has said otherwise.
    if (isSampleId(type, id)) await context.database.query(ownSql, [tenant, id, version, written.value.version]);
    return;
  }
  throw new Error('a resource that is to be labelled is being written again and again');
}

/** @returns the last row of the batch, or null when there was none */
async function relabelBatch(context: FhirContext, tenant: number, type: string, after: string): Promise<string | null> {
  const rows = await context.database.query(
    'select id, content from resource where tenant = $1 and type = $2 and id > $3 order by id limit $4',
    [tenant, typeNumber(type), after, BATCH],
  );
  let last: string | null = null;
  for (const [id, content] of rows) {
    last = String(id);
    const text = String(content);
    const parsed = parseResource(text);
    if (!parsed.ok) throw new Error('a stored resource is not JSON');
    // Most have the labels that they should have.
    if (withLabels(parsed.value, text, false) !== parsed.value) await relabelOne(context, tenant, type, last);
  }
  return last;
}

/** @returns whether all has been done; false: the job is somebody else's by now */
async function relabel(context: FhirContext, job: Job): Promise<boolean> {
  const { tenant } = job;
  let place = await placeOf(context, tenant);
  if (place === null) return true;
  const types = context.definitions.types.filter(isLabelled).sort((a, b) => typeNumber(a) - typeNumber(b));
  for (const type of types.filter((name) => typeNumber(name) >= (place?.type ?? 0))) {
    let after = typeNumber(type) === place.type ? place.id : '';
    for (;;) {
      const last = await relabelBatch(context, tenant, type, after);
      if (last === null) break;
      after = last;
      place = { type: typeNumber(type), id: last };
      await save(context, tenant, place, '');
      if (!(await keepJob(context.database, job, context.now()))) return false;
    }
  }
  await relabelSeries(context, tenant);
  await save(context, tenant, place, rulesVersion);
  return true;
}

/** Labels what was stored under other rules than there are now, once for each change of them. */
export const relabelJob: JobHandler = {
  kind: 'relabel',
  every: 300,
  async run(context, job) {
    await relabel(context, job);
  },
};
