import type {
  CodeableConcept,
  Coding,
  Observation,
  ObservationComponent,
  Quantity,
  SampledData,
} from '@medplum/fhirtypes';

import type { Canonical } from './canonical.ts';
import { type Measure, measureOf } from './measures.ts';

/** The device between the one that measured and us. https://hl7.org/fhir/R4/extension-observation-gatewaydevice.html */
export const gatewayExtension = 'http://hl7.org/fhir/StructureDefinition/observation-gatewayDevice';

const categorySystem = 'http://terminology.hl7.org/CodeSystem/observation-category';
const categoryDisplay: Readonly<Record<Measure['category'], string>> = {
  'vital-signs': 'Vital Signs',
  activity: 'Activity',
  laboratory: 'Laboratory',
  procedure: 'Procedure',
  'social-history': 'Social History',
};

/**
 * A dateTime with the offset that the clock of the device showed: `2024-02-29T07:30:00.000-05:00`.
 *
 * @param at ms since 1970
 * @param zone minutes from UTC
 */
export function dateTimeOf(at: number, zone: number): string {
  const local = new Date(at + zone * 60_000).toISOString();
  if (zone === 0) return local;
  const size = Math.abs(zone);
  const digits = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  return `${local.slice(0, -1)}${zone < 0 ? '-' : '+'}${digits(size / 60)}:${digits(size % 60)}`;
}

const same = (one: Coding, other: Coding): boolean => one.system === other.system && one.code === other.code;

/** The codes of a measure, then those that its sender has for it. */
function codeOf(measure: Measure, sent: CodeableConcept | undefined): CodeableConcept {
  const more = (sent?.coding ?? []).filter((coding) => !measure.codings.some((own) => same(own, coding)));
  return { coding: [...measure.codings, ...more], text: sent?.text ?? measure.title.en };
}

function quantityOf(value: number, { unit }: Measure): Quantity {
  if (unit === null) return { value };
  return { value, unit: unit.text, system: 'http://unitsofmeasure.org', code: unit.code };
}

/** https://hl7.org/fhir/R4/datatypes.html#SampledData */
function sampledOf(
  { values, period }: { values: readonly (number | null)[]; period: number },
  measure: Measure,
): SampledData {
  return {
    origin: quantityOf(0, measure),
    period,
    dimensions: 1,
    data: values.map((value) => (value === null ? 'E' : String(value))).join(' '),
  };
}

type Value = Pick<Observation, 'valueQuantity' | 'valueCodeableConcept' | 'valueSampledData'>;

function measuredAs(value: Canonical['value'], measure: Measure): Value {
  if (value === null) return {};
  if (typeof value === 'number') return { valueQuantity: quantityOf(value, measure) };
  if ('sampled' in value) return { valueSampledData: sampledOf(value.sampled, measure) };
  return { valueCodeableConcept: { coding: [value], ...(value.display === undefined ? {} : { text: value.display }) } };
}

function componentsOf({ components = {}, more }: Canonical): ObservationComponent[] {
  const own = Object.entries(components).flatMap(([id, value]) => {
    const part = measureOf(id);
    return part === undefined ? [] : [{ code: codeOf(part, undefined), valueQuantity: quantityOf(value, part) }];
  });
  return [...own, ...(more?.component ?? [])];
}

const timeOf = ({
  start: { at, zone },
  duration,
}: Canonical): Pick<Observation, 'effectiveDateTime' | 'effectivePeriod'> =>
  duration === 0
    ? { effectiveDateTime: dateTimeOf(at, zone) }
    : { effectivePeriod: { start: dateTimeOf(at, zone), end: dateTimeOf(at + duration, zone) } };

/** References as FHIR has them: `Patient/1`, `Device/1`. */
export type ObservationOf = {
  patient: string;
  /** What measured; null: a person said it. */
  device: string | null;
  /** What passed it on, where that is another device. */
  gateway: string | null;
};

/**
 * The Observation of a reading, final and without an id. The same reading gives the same text.
 *
 * @throws where its measure is none, which `canonical` has refused
 */
export function observationOf(reading: Canonical, { patient, device, gateway }: ObservationOf): Observation {
  const measure = measureOf(reading.measure);
  if (measure === undefined) throw new Error('a canonical reading is of no measure');
  const { component: beside = [], code, extension = [], meta, category = [], ...rest } = reading.more ?? {};
  // Whose it is, and that it is final, is not for its sender to say.
  const { resourceType: _, id: __, subject: ___, device: ____, status: _____, ...more } = rest;
  const components = componentsOf(reading);
  const passed =
    gateway === null || gateway === device ? [] : [{ url: gatewayExtension, valueReference: { reference: gateway } }];
  const extensions = [...passed, ...extension];
  // The profiles of vital signs let no component have a value that is none of theirs.
  const claimed = measure.profile === null || beside.length > 0 ? [] : [measure.profile];
  const profiles = [...new Set([...claimed, ...(meta?.profile ?? [])])];
  const own = { system: categorySystem, code: measure.category, display: categoryDisplay[measure.category] };
  // What else is said of it is checked once all of it is put together.
  const isOwn = ({ coding }: CodeableConcept): boolean =>
    Array.isArray(coding) && coding.some((one) => one !== null && same(one, own));
  const others = category.filter((one) => !isOwn(one));
  return {
    resourceType: 'Observation',
    ...(profiles.length > 0 || meta !== undefined
      ? { meta: { ...meta, ...(profiles.length > 0 ? { profile: profiles } : {}) } }
      : {}),
    status: 'final',
    ...(extensions.length > 0 ? { extension: extensions } : {}),
    category: [{ coding: [own] }, ...others],
    code: codeOf(measure, code),
    subject: { reference: patient },
    ...(reading.selfReported === undefined ? {} : { performer: [{ reference: patient }] }),
    ...(device === null ? {} : { device: { reference: device } }),
    ...more,
    ...timeOf(reading),
    ...measuredAs(reading.value, measure),
    ...(components.length > 0 ? { component: components } : {}),
  };
}
