import type { Observation } from '@medplum/fhirtypes';

import type { Json } from '../../../fhir/context.ts';
import { localSystem } from '../../measures/measure.ts';
import { measureOf } from '../../measures.ts';
import type { DeviceHint, Item, RecordKey } from '../../reading.ts';
import { deviceTime } from '../device-time.ts';
import { itemsOfSample } from '../healthkit/sample.ts';
import { below, isJson, objectsOf, textOf, unreadable } from '../json.ts';
import { readers, type Said } from './body.ts';
import { allowedFor, check } from './check.ts';
import { methodOf, statisticCode } from './statistic.ts';
import { type When, whenOf } from './time.ts';

/** What a header says of its body. */
type Header = {
  device?: DeviceHint;
  record?: RecordKey;
  selfReported?: true;
  /** When it was, where its body does not say it. */
  at: When | null;
};

/** The headers of Open mHealth and of IEEE 1752.1 differ in the names of their fields. */
function headerOf(header: Json): Header {
  const provenance = isJson(header.acquisition_provenance) ? header.acquisition_provenance : {};
  const [datasheet] = objectsOf(header.external_datasheets);
  const name = textOf(provenance.source_name) ?? textOf(datasheet?.datasheet_reference);
  const id = textOf(provenance.source_data_point_id) ?? textOf(header.id) ?? textOf(header.uuid);
  const version = textOf(provenance.source_last_modification_date_time);
  const created = deviceTime(provenance.source_creation_date_time ?? header.source_creation_date_time);
  const isSaid = (provenance.modality ?? header.modality) === 'self-reported';
  return {
    ...(name === null ? {} : { device: { identity: name, name } }),
    ...(id === null ? {} : { record: { id, version } }),
    ...(isSaid ? { selfReported: true as const } : {}),
    at: created === null ? null : { start: created, duration: 0 },
  };
}

/** A day's total is another measure than what was counted in a part of it. */
const daily: Readonly<Record<string, string>> = { steps: 'steps-per-24-h', 'active-energy': 'calories-per-24-h' };
const measureFor = (measure: string, { duration }: When): string =>
  duration >= 23 * 3_600_000 ? (daily[measure] ?? measure) : measure;

/** A mean or a sum is a reading over its time; a maximum of a measure is not one of its readings. */
function asStatistic(said: Said, body: Json): Said {
  const statistic = textOf(body.descriptive_statistic);
  const per = textOf(body.descriptive_statistic_denominator);
  if (statistic === null || !('measure' in said)) return said;
  const sums = measureOf(said.measure)?.roll === 'sum' || said.measure === 'sleep-duration';
  if (per === null && statistic === (sums ? 'sum' : 'average')) {
    return sums ? said : { ...said, more: { ...said.more, method: methodOf(statistic) } };
  }
  const measure = measureOf(said.measure);
  if (measure === undefined) return said;
  const name = `${measure.title.en}, ${statistic}${per === null ? '' : ` per ${per}`}`;
  const code = [
    measure.id,
    statisticCode(statistic) ?? 'statistic',
    ...(per === null ? [] : ['per', per.replaceAll(/\W+/g, '-')]),
  ].join('-');
  const whole: Observation = {
    ...{ resourceType: 'Observation', status: 'final' },
    category: [
      { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: measure.category }] },
    ],
    code: { coding: [{ system: localSystem, code, display: name }], text: name },
    method: methodOf(statistic),
    ...(said.value !== null && 'unit' in said.value
      ? { valueQuantity: { value: said.value.value, unit: said.value.unit ?? '1' } }
      : {}),
    ...said.more,
  };
  const parts = Object.entries(said.components ?? {}).map(([id, { value, unit }]) => ({
    code: { coding: [...(measureOf(id)?.codings ?? [])] },
    valueQuantity: { value, unit: unit ?? '1' },
  }));
  return {
    field: said.field,
    whole: parts.length === 0 ? whole : { ...whole, component: [...parts, ...(whole.component ?? [])] },
  };
}

function itemOf(said: Said, header: Header, when: When, path: string): Item {
  const { at: _, selfReported, ...common } = header;
  if ('nothing' in said) return { kind: 'nothing', path, why: said.nothing };
  if ('whole' in said) return { kind: 'whole', path, ...common, ...when, resource: said.whole };
  const { field: __, ...reading } = said;
  const measure = measureFor(reading.measure, when);
  return { kind: 'reading', path, ...common, ...(selfReported ? { selfReported } : {}), ...reading, ...when, measure };
}

/** A sample of HealthKit as Granola writes it, in HealthKit's own names. */
function* granolaItems(body: Json, header: Header, path: string, zone: number): Generator<Item> {
  const when = whenOf(body.effective_time_frame, zone) ?? header.at;
  const own = (one: Json, isPart = false): Json => {
    const time = whenOf(one.effective_time_frame, zone) ?? when;
    const value = isJson(one.unit_value) ? one.unit_value : { value: one.count };
    const pairs = objectsOf(one.metadata).map(({ key, value: said }) => [
      String(key).replace(/^HKMetadataKey/, 'HK'),
      said,
    ]);
    return {
      ...one,
      type: textOf(one.quantity_type) ?? textOf(one.category_type) ?? textOf(one.correlation_type) ?? 'HKWorkout',
      value: value.value ?? one.category_value,
      ...(value.unit === undefined ? {} : { unit: value.unit }),
      ...(time === null
        ? {}
        : {
            startDate: new Date(time.start.at).toISOString(),
            endDate: new Date(time.start.at + time.duration).toISOString(),
          }),
      metadata: Object.fromEntries(pairs),
      objects: isPart
        ? []
        : [...objectsOf(one.quantity_samples), ...objectsOf(one.category_samples)].map((part) => own(part, true)),
    };
  };
  for (const item of itemsOfSample(own(body), path, zone)) {
    if (item.kind !== 'reading' && item.kind !== 'whole') yield item;
    else
      yield {
        ...item,
        ...(header.record === undefined ? {} : { record: header.record }),
        ...(header.device === undefined ? {} : { device: header.device }),
      };
  }
}

/**
 * What a data point is: a header that names the schema of its body, and the body.
 *
 * @see https://www.openmhealth.org/documentation/#/schema-docs/overview
 */
export function* itemsOfDataPoint(point: Json, path: string, zone: number): Generator<Item> {
  const { header, body } = point;
  if (!isJson(header)) return yield unreadable(below(path, 'header'), 'A data point needs a header', 'required');
  if (!isJson(body)) return yield unreadable(below(path, 'body'), 'A data point needs a body', 'required');
  const id = isJson(header.schema_id) ? header.schema_id : {};
  const name = `${textOf(id.namespace) ?? ''}:${textOf(id.name) ?? ''}`;
  const found = check(name, textOf(id.version) ?? '', body);
  const read = Object.hasOwn(readers, name) ? readers[name] : undefined;
  const isGranola = name.startsWith('granola:');
  if (found === 'unknown' || (read === undefined && !isGranola)) {
    const where = below(path, 'header.schema_id');
    return yield unreadable(where, `Unknown schema: ${allowedFor(name)}`, 'not-supported');
  }
  if (found !== null) {
    return yield unreadable(
      below(path, found.path === '' ? 'body' : below('body', found.path)),
      found.why,
      'structure',
    );
  }
  const said = headerOf(header);
  if (read === undefined) return yield* granolaItems(body, said, below(path, 'body'), zone);
  const frame = body.effective_time_frame;
  const when = frame === undefined ? said.at : whenOf(frame, zone);
  if (when === null) {
    const why =
      'A reading needs its time: effective_time_frame, or that of its creation in the header, its end not before its start';
    return yield unreadable(below(path, 'body.effective_time_frame'), why, 'required');
  }
  const stated = asStatistic(read(body), body);
  yield itemOf(stated, said, when, below(path, stated.field === '' ? 'body' : `body.${stated.field}`));
}
