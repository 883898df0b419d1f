import { admitsChange, allows, type Grant } from '../../fhir/access.ts';
import type { FhirContext, Json } from '../../fhir/context.ts';
import { forbidden, type Refusal, type Result, ruledOut } from '../../fhir/outcome.ts';
import { heldBack, holdsOn } from '../../privacy/hold/hold.ts';
import { keptByLaw } from '../../privacy/retention/kept.ts';
import { isOwnWork } from '../../privacy/retention/own-work.ts';
import type { Connection } from '../connections/connection.ts';
import { openConnectionOf } from '../connections/store.ts';
import { isOf, paramsOf } from './brought.ts';

type Row = { id: string; content: string; patient: string; patients: string[] | null; labels: number };

// What is true of one sample of a series is true of each.
const samplesSql = `select o.id, o.content, s.patient, null::text[], s.labels::float8
  from series s cross join lateral (select id, content from sample_observation o where o.tenant = $1 and o.series = s.id
    order by o.last_updated desc limit 1) o where ${isOf('s')}`;

/** Resources that are looked at together. */
const PAGE = 500;

const resourcesSql = `select r.id, r.content, r.patient, r.patients, r.labels::float8
  from (select w.observation::text as id from device_written w where ${isOf('w')}
    union select m.id::text from series s join sample m on m.tenant = $1 and m.series = s.id where ${isOf('s')} and m.status = 9) v
  join resource r on r.tenant = $1 and r.type = 96 and r.id = v.id where r.id > $4 order by r.id limit ${PAGE}`;

// The select lists fix the shape of a row.
const rowOf = ([id, content, patient, patients, labels]: readonly unknown[]): Row =>
  ({ id, content, patient, patients, labels }) as Row;

/** As a refusal, with what can be done instead. */
function orKeep(refused: Result<unknown>): Refusal | null {
  if (refused.ok) return null;
  const [first, ...others] = refused.issues;
  if (first === undefined) return refused;
  const diagnostics = `${first.diagnostics}. It can be disconnected all the same, and what it brought kept`;
  return { ...refused, issues: [{ ...first, diagnostics }, ...others] };
}

/** Whether a caller may have what a source brought erased, whole: null, or why not. */
export async function mayErase(context: FhirContext, grant: Grant, one: Connection): Promise<Refusal | null> {
  const { tenant, patient, source, name } = one;
  if (!allows(grant, 'Observation', 'd')) return forbidden('Your scopes do not cover deleting Observation');
  const open = await openConnectionOf(context.database, tenant, patient, source);
  if (open !== null && open.id !== one.id)
    return ruledOut(`${name} is connected again: what it brings is erased when that connection is ended`);
  const holds = await holdsOn(context.database, tenant, [patient], context.now());
  if (holds.length > 0) return orKeep(heldBack(holds));
  const samples = (await context.database.query(samplesSql, paramsOf(one))).map(rowOf);
  const refused = await mayEraseSome(context, grant, name, samples, samples);
  if (refused !== null) return refused;
  for (let after = ''; ; ) {
    const page = (await context.database.query(resourcesSql, [...paramsOf(one), after])).map(rowOf);
    // Of what the patient's own devices measured one stands for all; what somebody else has a part in is asked of one by one.
    const others = page.filter(({ content }) => !isOwnWork(JSON.parse(content) as Json)); // what is stored is one
    const own = page.find((row) => !others.includes(row));
    const refusal = await mayEraseSome(context, grant, name, page, [...(own ? [own] : []), ...others]);
    if (refusal !== null) return refusal;
    if (page.length < PAGE) return null;
    after = page.at(-1)?.id ?? '';
  }
}

async function mayEraseSome(
  context: FhirContext,
  grant: Grant,
  name: string,
  all: readonly Row[],
  asked: readonly Row[],
): Promise<Refusal | null> {
  if (!all.every((row) => admitsChange(grant, 'Observation', row, 'd')))
    return orKeep(forbidden(`Your access does not cover deleting all that ${name} has brought`));
  const names = all.map(({ id }) => ({ type: 'Observation', id }));
  const [kept] = await keptByLaw(context, grant.tenant, names);
  if (kept) return orKeep(ruledOut(`What ${name} has brought must be kept: ${kept.reason}`));
  for (const { id } of asked) {
    const may = await context.prepareRemoval?.(context, grant, 'Observation', id);
    if (may?.ok === false) return orKeep(may);
  }
  return null;
}
