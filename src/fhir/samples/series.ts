import { randomInt } from 'node:crypto';

import type { Observation } from '@medplum/fhirtypes';

import type { Queryable, Row } from '../../db/database.ts';
import type { FhirContext, Resource } from '../context.ts';
import { members } from '../json.ts';
import { linear } from '../search/ucum.ts';
import { rememberTexts } from '../store/concept-texts.ts';
import { draft } from '../store/draft.ts';
import type { SeriesOf } from './sample.ts';

/** A series as it is stored. */
export type Series = {
  id: number;
  /** What a Grant is held against, of any of its samples: the text is that of an Observation without time and value. */
  patient: string;
  patients: null;
  labels: number;
  content: string;
};

/** The parts of the text of an Observation that all samples of a series have; `meta`, `head` and `unit` as sample_text takes them. */
type Parts = { meta: string; head: string; unit: string };

/** What the server says of each sample. */
const own: ReadonlySet<string> = new Set(['resourceType', 'id', 'meta', 'status', 'valueQuantity']);
const ownMeta: ReadonlySet<string> = new Set(['versionId', 'lastUpdated']);

/** Members of an object, each with a comma before it. */
const besides = (text: string, at: number, without: (name: string) => boolean): string =>
  members(text, at)
    .filter(({ name }) => !without(name))
    .map(({ key, end }) => `,${text.slice(key, end)}`)
    .join('');

function partsOf(text: string): Parts {
  const all = members(text, 0);
  const at = (name: string): number | undefined => all.find((one) => one.name === name)?.value;
  const [meta, quantity] = [at('meta'), at('valueQuantity')];
  return {
    meta: meta === undefined ? '' : besides(text, meta, (name) => ownMeta.has(name)),
    head: besides(text, 0, (name) => own.has(name) || name.startsWith('effective')),
    unit: quantity === undefined ? '' : besides(text, quantity, (name) => name === 'value'),
  };
}

const shown = ({ meta, head, unit }: Parts): string =>
  `{"resourceType":"Observation","meta":{"versionId":"1"${meta}},"status":"final"${head},"valueQuantity":{"value":0${unit}}}`;

// A series that is being erased is waited for, and one that samples are being written to is erased behind them.
const find = `select id, labels::float8, meta, head, unit from series
  where tenant = $1 and patient = $2 and source = $3 and measure = $4 for key share`;

function seriesOf(patient: string, row: Row): Series {
  // The select list fixes the shape of a row.
  const [id, labels, meta, head, unit] = row as [number, number, string, string, string];
  return { id, patient, patients: null, labels, content: shown({ meta, head, unit }) };
}

const create = `insert into series (tenant, patient, source, measure, device, labels, code, present, keys, keys_amended, keys_error, factor,
    shift, meta, head, unit, id)
  values ($1, $2, $3, $4, $5, $6, $7, $8::int[], $9::bigint[], $10::bigint[], $11::bigint[], $12, $13, $14, $15, $16, $17)
  on conflict do nothing`;

/** Numbers that are drawn for a series before it is said that there is none. */
const DRAWS = 8;

const statuses = ['final', 'amended', 'entered-in-error'] as const;

/**
 * The series of some samples: made where there is none. Within the transaction it is not erased.
 *
 * @param template any Observation of the series, with its labels: in whose record it is, of what, by which device, in which unit
 */
export async function seriesFor(
  context: Pick<FhirContext, 'database' | 'index'>,
  on: Queryable,
  tenant: number,
  of: SeriesOf,
  template: () => Observation,
): Promise<Series> {
  const key = [tenant, of.patient, of.source, of.measure];
  const [known] = await on.query(find, key);
  if (known) return seriesOf(of.patient, known);
  const columns = await columnsOf(context, tenant, of, template());
  for (let draw = 0; draw < DRAWS; draw++) {
    await on.query(create, [...key, ...columns, randomInt(1, 2 ** 31 - 1)]);
    // None: the number was another's.
    const [made] = await on.query(find, key);
    if (made) return seriesOf(of.patient, made);
  }
  throw new Error('no number was left for a series');
}

const pageSql = `select id, labels::float8, meta, head, unit, patient from series where tenant = $1 and id > $2 order by id limit $3`;

/** Series in the order of their ids, as far as an Observation of them says what they are. */
export async function seriesBehind(on: Queryable, tenant: number, after: number, limit: number): Promise<Series[]> {
  return (await on.query(pageSql, [tenant, after, limit])).map((row) => seriesOf(String(row[5]), row));
}

const rewrite = `update series set device = $3, labels = $4, code = $5, present = $6::int[], keys = $7::bigint[], keys_amended = $8::bigint[],
    keys_error = $9::bigint[], factor = $10, shift = $11, meta = $12, head = $13, unit = $14
  where tenant = $1 and id = $2`;

/** Says otherwise what all samples of a series have in common: their versions are what they were. */
export async function rewriteSeries(
  context: Pick<FhirContext, 'database' | 'index'>,
  tenant: number,
  { id, patient }: Series,
  template: Observation,
): Promise<void> {
  // Each of them has a time, which is not in what they have in common.
  const one = { ...template, effectiveDateTime: '1970-01-01T00:00:00Z' };
  await context.database.query(rewrite, [tenant, id, ...(await columnsOf(context, tenant, { patient }, one))]);
}

/** The columns of a series behind its key, as `create` takes them. */
async function columnsOf(
  context: Pick<FhirContext, 'database' | 'index'>,
  tenant: number,
  of: Pick<SeriesOf, 'patient'>,
  template: Observation,
) {
  const { valueQuantity: quantity, device } = template;
  const drafts = statuses.map((status) => {
    // Put together of parts that are checked: a resource, in the words of the core.
    const resource = { ...template, status } as unknown as Resource;
    return draft(context, tenant, { text: JSON.stringify(resource), resource }, '', new Date(0));
  });
  const [final, amended, error] = drafts.map(({ row }) => row);
  if (!final || !amended || !error || final.patient !== of.patient || final.patients !== null) {
    throw new Error('a sample is in one record, that of its series');
  }
  await rememberTexts(context.database, drafts);
  const base = linear(quantity?.code ?? '') ?? { factor: 1, offset: 0 };
  const parts = partsOf(JSON.stringify(template));
  const by = device?.reference?.startsWith('Device/') ? device.reference.slice('Device/'.length) : null;
  const keys = [final, amended, error].map((row) => row.keys);
  const numbers = [by, final.labels, final.code, final.present, ...keys, base.factor, base.offset];
  return [...numbers, parts.meta, parts.head, parts.unit];
}
