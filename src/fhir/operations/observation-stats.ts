import type { CodeableConcept, Coding, Observation, ObservationComponent, Quantity } from '@medplum/fhirtypes';

import { admitting, allows } from '../access.ts';
import type { FhirContext } from '../context.ts';
import { forbidden, ok, type Result, tooCostly } from '../outcome.ts';
import type { FhirRequest, FhirResponse } from '../request.ts';
import type { Condition } from '../search/condition.ts';
import { escaped } from '../search/escape.ts';
import { key } from '../search/hash.ts';
import { Scan } from '../search/scan.ts';
import { seeing } from '../search/seeing.ts';
import { Statement } from '../search/statement.ts';
import { baseUnit, linear } from '../search/ucum.ts';
import { noteCount, release, type Stored, stored } from '../store/release.ts';
import { observationCriteria } from './observation-criteria.ts';
import type { Operation } from './operation.ts';
import { operationResponse } from './operation-response.ts';
import { inUnit, type Statistics, statisticsOf } from './statistics.ts';
import { type StatsAsk, statsAsk } from './stats-ask.ts';
import { componentsOf } from './stats-components.ts';
import { anyComponents, begunWithin, latestText, rowsText, type Subject, statisticsBySql } from './stats-sql.ts';
import { baseOf, valuesOf } from './stats-texts.ts';

/** Observations that are read one by one, where their texts decide: more are too many for one answer. */
const MOST = 50_000;

/** Statistics of one code, said in the unit of `quantity`. */
type Computed = { code: CodeableConcept; quantity: Quantity | null; statistics: Statistics };

const columns =
  'r.id, r.version, r.last_updated, r.patient, r.patients, r.labels::float8 as labels, r.content, r.date_start';

/** A value in the base unit of a quantity's unit is value * factor + offset. */
function conversionOf(quantity: Quantity | null): { factor: number; offset: number } {
  const code = quantity?.code ?? quantity?.unit ?? '';
  const isUcum = quantity !== null && baseOf(quantity)?.base === baseUnit(code);
  return (isUcum ? linear(code) : null) ?? { factor: 1, offset: 0 };
}

async function readRows(context: FhirContext, subject: Subject, limit: number): Promise<Stored[]> {
  const statement = new Statement(subject.scan.grant.tenant);
  const most = statement.bind(limit, 'int');
  const rows = rowsText(statement, subject, columns, ` order by r.date_start desc nulls last, r.id limit ${most}`);
  statement.text = `select * from (${rows}) l order by date_start desc nulls last, id limit ${most}`;
  const found = await context.database.query(statement.text, statement.params);
  return found.map(([id, ...row]) => stored('Observation', String(id), row));
}

/** Where texts decide what is covered, or what is asked for stands in components: read one by one. */
async function computedByReading(
  context: FhirContext,
  subject: Subject,
  { coding, start }: { coding: Coding; start: number | null },
): Promise<Result<Computed[]>> {
  const { grant } = subject.scan;
  const rows = await readRows(context, subject, MOST + 1);
  if (rows.length > MOST)
    return tooCostly(`More than ${MOST} observations would have to be read: ask for a shorter time`);
  const observations = rows.flatMap((row) => {
    const rule = admitting(grant, 'Observation', row, 's');
    if (rule === null) return [];
    const text = rule.projection === null ? row.content : rule.projection.of(row.content);
    return [JSON.parse(text) as Observation]; // what is stored has been checked
  });
  const computed = valuesOf(observations, coding).map(({ code, quantity, points, ignored }) => {
    const first = points.reduce((least, { at }) => Math.min(least, at), Number.POSITIVE_INFINITY);
    return { code, quantity, statistics: statisticsOf(points, ignored, start ?? first) };
  });
  return ok(computed.length > 0 ? computed : [nothingOf(coding)]);
}

const nothingOf = (coding: Coding): Computed => ({
  code: { coding: [coding] },
  quantity: null,
  statistics: statisticsOf([], 0, 0),
});

async function computedBySql(
  context: FhirContext,
  subject: Subject,
  { coding, start }: { coding: Coding; start: number | null },
): Promise<Result<Computed[]>> {
  const text = await latestText(context.database, subject);
  const latest = text === null ? null : (JSON.parse(text) as Observation); // what is stored has been checked
  const quantity = latest?.valueQuantity ?? null;
  const base = baseOf(quantity)?.base ?? null;
  const { tenant } = subject.scan.grant;
  const unit = base === null ? null : key(tenant, 'Observation', 'value-quantity', 'q', base);
  const statistics = await statisticsBySql(context.database, subject, unit, start);
  return ok([{ code: latest?.code ?? { coding: [coding] }, quantity, statistics }]);
}

type Asking = { context: FhirContext; request: FhirRequest; ask: StatsAsk; scan: Scan };

/** `Patient/1`, or what it is below our base; null: another kind of subject. */
function patientOf({ request, ask }: Asking): string | null {
  const local = ask.subject.startsWith(`${request.base}/`) ? ask.subject.slice(request.base.length + 1) : ask.subject;
  return /^Patient\/([A-Za-z0-9.-]{1,64})$/.exec(local)?.[1] ?? null;
}

async function subjectOf(asking: Asking, coding: Coding): Promise<Result<Subject>> {
  const { ask, scan } = asking;
  const patient = patientOf(asking);
  const token = `${coding.system === undefined ? '' : `${escaped(coding.system)}|`}${escaped(coding.code ?? '')}`;
  const of = await asked(asking, [
    patient === null ? ['subject', escaped(ask.subject)] : ['patient', patient],
    ['status', 'final,amended,corrected,preliminary'],
  ]);
  // No sample has components; its code is that of its series.
  const [ofResources, ofSeries] = [
    await asked(asking, [['combo-code', token]]),
    await asked(asking, [['code', token]]),
  ];
  if (!of.ok) return of;
  if (!ofResources.ok) return ofResources;
  if (!ofSeries.ok) return ofSeries;
  const shown = seeing(scan, ['subject', 'code', 'status', 'date', 'value-quantity']);
  if (!shown.ok) return shown;
  const conditions = [...of.value, ...begunWithin(ask.start, ask.end)];
  return ok({ scan: shown.value, patient, conditions, ofResources: ofResources.value, ofSeries: ofSeries.value });
}

async function asked({ context, request }: Asking, query: string[][]): Promise<Result<Condition[]>> {
  const criteria = await observationCriteria(context, request, new URLSearchParams(query).toString());
  return criteria.ok ? ok(criteria.value.conditions) : criteria;
}

function observationOf({ ask }: Asking, { code, quantity, statistics }: Computed): Observation {
  const { factor, offset } = conversionOf(quantity);
  const iso = (at: number): string => new Date(at).toISOString();
  const component: ObservationComponent[] = componentsOf(ask.statistics, inUnit(statistics, factor, offset), quantity);
  const period = {
    ...(ask.start === null ? {} : { start: iso(ask.start) }),
    ...(ask.end === null ? {} : { end: iso(ask.end - 1) }),
  };
  return {
    resourceType: 'Observation',
    status: 'final',
    code,
    subject: { reference: ask.subject },
    ...(ask.start === null && ask.end === null ? {} : { effectivePeriod: period }),
    component,
  };
}

async function run(context: FhirContext, request: FhirRequest): Promise<Result<FhirResponse>> {
  const { grant } = request;
  const scan = allows(grant, 'Observation', 's') ? Scan.of(grant, 'Observation', 's') : null;
  if (!scan) return forbidden('Your access does not cover searching Observation');
  const ask = statsAsk(request, context.now());
  if (!ask.ok) return ask;
  const asking: Asking = { context, request, ask: ask.value, scan };
  const [parts, sources]: [string[], Map<string, Stored>] = [[], new Map()];
  for (const coding of ask.value.codes) {
    const subject = await subjectOf(asking, coding);
    if (!subject.ok) return subject;
    const { start, sources: most } = ask.value;
    const reads = subject.value.scan.judges || (await anyComponents(context.database, subject.value));
    const computed = await (reads ? computedByReading : computedBySql)(context, subject.value, { coding, start });
    if (!computed.ok) return computed;
    for (const one of computed.value) {
      parts.push(`{"name":"statistics","resource":${JSON.stringify(observationOf(asking, one))}}`);
      if (subject.value.patient !== null) noteCount(grant, 'Observation', subject.value.patient, one.statistics.total);
    }
    if (sources.size >= most) continue;
    for (const row of await readRows(context, subject.value, most)) if (sources.size < most) sources.set(row.id, row);
  }
  for (const { content } of release(grant, [...sources.values()], 's'))
    parts.push(`{"name":"source","resource":${content}}`);
  return operationResponse(`{"resourceType":"Parameters","parameter":[${parts}]}`);
}

/** https://hl7.org/fhir/R4/observation-operation-stats.html */
export const observationStats: Operation = {
  code: 'stats',
  definition: 'http://hl7.org/fhir/OperationDefinition/Observation-stats',
  description: 'Statistics of the observations of a subject: averages, counts, percentiles, a trend',
  on: { types: ['Observation'] },
  affectsState: false,
  parameters: [
    { name: 'subject', use: 'in', min: 1, max: '1', type: 'uri' },
    { name: 'code', use: 'in', min: 0, max: '*', type: 'string' },
    { name: 'system', use: 'in', min: 0, max: '1', type: 'uri' },
    { name: 'coding', use: 'in', min: 0, max: '*', type: 'Coding' },
    { name: 'duration', use: 'in', min: 0, max: '1', type: 'decimal', documentation: 'Hours until now' },
    { name: 'period', use: 'in', min: 0, max: '1', type: 'Period' },
    { name: 'statistic', use: 'in', min: 1, max: '*', type: 'code', documentation: 'Codes of observation-statistics' },
    { name: 'include', use: 'in', min: 0, max: '1', type: 'boolean' },
    { name: 'limit', use: 'in', min: 0, max: '1', type: 'positiveInt', documentation: 'Of what is included, at most' },
    { name: 'statistics', use: 'out', min: 1, max: '*', type: 'Observation' },
    { name: 'source', use: 'out', min: 0, max: '*', type: 'Observation' },
  ],
  run,
};
