import type { Coding, Observation } from '@medplum/fhirtypes';

import type { Json } from '../../fhir/context.ts';
import type { Measure } from '../measures.ts';
import type { DeviceHint, DeviceTime, Item, Reading, RecordKey } from '../reading.ts';
import { deviceDay, deviceTime } from './device-time.ts';
import { hintOfReference } from './fhir-device.ts';
import { type Metrics, metricOf, noMetrics } from './fhir-metric.ts';
import { codingsOf, measureOfCode, valuesOf } from './fhir-value.ts';
import { below, isJson, isTooDeep, objectsOf, textOf, unreadable } from './json.ts';

const GATEWAY = 'http://hl7.org/fhir/StructureDefinition/observation-gatewayDevice';

/** What came along with an Observation, by what it is referred to. */
export type Around = {
  devices: ReadonlyMap<string, DeviceHint>;
  /** A Patient of the Bundle, by its fullUrl: what it is looked up by. */
  subjects: ReadonlyMap<string, string>;
  /** Clocks of devices that a gateway has read. */
  clocks: ReadonlyMap<string, Ahead>;
  metrics: Metrics;
};

/** ms that a device's clock is ahead of the gateway's; null: it had a fault, or was set in between. */
export type Ahead = number | null;

export const alone: Around = { devices: new Map(), subjects: new Map(), clocks: new Map(), metrics: noMetrics };

type When = { start: DeviceTime; duration: number };

/** When it was; `null`: at no one time that a reading could have, as with a Timing. */
function whenOf(observation: Json, path: string): When | null | Item {
  const { effectiveDateTime, effectiveInstant, effectivePeriod } = observation;
  const instant = effectiveDateTime ?? effectiveInstant;
  const name = effectiveDateTime === undefined ? 'effectiveInstant' : 'effectiveDateTime';
  if (instant !== undefined) {
    const at = deviceTime(instant);
    if (at !== null) return { start: at, duration: 0 };
    const day = deviceDay(instant, 0);
    return day ?? unreadable(below(path, name), 'A reading needs a day, or a time with its offset', 'value');
  }
  if (isJson(effectivePeriod)) {
    const start = deviceTime(effectivePeriod.start);
    const end = deviceTime(effectivePeriod.end);
    const days = deviceDay(effectivePeriod.start, 0);
    const lastDay = deviceDay(effectivePeriod.end, 0);
    const first = start ?? days?.start ?? null;
    const until = end?.at ?? (lastDay === null ? null : lastDay.start.at + lastDay.duration);
    if (first !== null && until !== null && until >= first.at) return { start: first, duration: until - first.at };
    const why = 'The period of a reading needs a start and an end with their offsets, the end not before the start';
    return unreadable(below(path, 'effectivePeriod'), why, 'value');
  }
  if (observation.effectiveTiming !== undefined) return null;
  return unreadable(below(path, 'effectiveDateTime'), 'A reading needs the time that it was taken at', 'required');
}

/** The sender's own name of the record: its first identifier. The version that the sender counts, where it says one. */
function recordOf(observation: Json): RecordKey | null {
  const [identifier] = objectsOf(observation.identifier);
  const value = textOf(identifier?.value);
  if (value === null) return null;
  const version = isJson(observation.meta) ? textOf(observation.meta.versionId) : null;
  return { id: `${textOf(identifier?.system) ?? ''}|${value}`, version };
}

/** Of the rest of an Observation what a reading is told by already, what its sender's server said, and what we say ourselves. */
const SAID = new Set(
  [
    'resourceType id meta text status category code subject device component effectiveDateTime effectiveInstant effectivePeriod',
    'valueQuantity valueInteger valueSampledData valueCodeableConcept issued implicitRules language performer extension',
  ].flatMap((names) => names.split(' ')),
);

/** Elements that no device says of a reading: they are of the sender's own records. */
const THEIRS = new Set([
  'basedOn',
  'partOf',
  'focus',
  'encounter',
  'specimen',
  'hasMember',
  'derivedFrom',
  'contained',
]);

/**
 * A reference of the sender's is to a resource of theirs: what it is stays, as words. Of ours it could name anything.
 */
export function withoutReferences(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutReferences);
  if (!isJson(value)) return value;
  const kept = Object.entries(value)
    .filter(([name]) => name !== 'reference')
    .map(([name, part]) => [name, withoutReferences(part)] as const);
  const reference = textOf(value.reference);
  // What a Bundle calls its entries is another thing in the next one.
  const name = reference?.startsWith('urn:uuid:') ? null : reference;
  const display = textOf(value.display) ?? name;
  const shown = value.reference === undefined || display === null ? [] : [['display', display] as const];
  return Object.fromEntries([...kept, ...shown]);
}

const sameCoding = (one: Json, other: Coding): boolean => one.system === other.system && one.code === other.code;

/** MDC_ATTR_SUPPLEMENTAL_TYPES of a personal health device: a spot reading, a stable mean. */
const isMode = ({ code, valueCodeableConcept }: Json): boolean =>
  isJson(valueCodeableConcept) &&
  codingsOf(code).some((one) => one.system === 'urn:iso:std:iso:11073:10101' && one.code === '68193');

function methodOf(modes: readonly Json[]): Json {
  const concepts = modes.map(({ valueCodeableConcept }) => valueCodeableConcept);
  const coding = concepts.flatMap(codingsOf);
  const text = concepts.map((one) => (isJson(one) ? textOf(one.text) : null)).find((one) => one !== null);
  return { ...(coding.length === 0 ? {} : { coding }), ...(text == null ? {} : { text }) };
}

/** What it says beyond the reading; absent: nothing. */
function moreOf(observation: Json, measure: Measure, rest: readonly Json[]): Partial<Observation> | undefined {
  const more: Json = Object.fromEntries(
    Object.entries(observation).filter(([name]) => !SAID.has(name) && !THEIRS.has(name)),
  );
  const extensions = objectsOf(observation.extension).filter(({ url }) => url !== GATEWAY);
  if (extensions.length > 0) more.extension = extensions;
  // R4's vital signs allow no coded component, and how it was measured has an element of its own.
  const modes = more.method === undefined ? rest.filter(isMode) : [];
  const components = rest.filter((one) => !modes.includes(one));
  if (modes.length > 0) more.method = methodOf(modes);
  if (components.length > 0) more.component = components;
  const { security, tag } = isJson(observation.meta) ? observation.meta : {};
  if (security !== undefined || tag !== undefined)
    more.meta = { ...(security === undefined ? {} : { security }), ...(tag === undefined ? {} : { tag }) };
  const codings = codingsOf(observation.code).filter(
    (one) => ![...measure.codings, ...(measure.also ?? [])].some((own) => sameCoding(one, own)),
  );
  if (codings.length > 0) more.code = { coding: codings };
  const categories = objectsOf(observation.category).filter(
    (one) => !codingsOf(one).some(({ code }) => code === measure.category),
  );
  if (categories.length > 0) more.category = categories;
  // It is checked as a whole, with the reading, before it is stored.
  return Object.keys(more).length === 0 ? undefined : (withoutReferences(more) as Partial<Observation>);
}

/** An Observation of none of our measures, or with a value that no reading holds: as it came, without the sender's references. */
function wholeOf(
  observation: Json,
  when: When | null,
): { resource: Observation; start: DeviceTime | null; duration: number } {
  const {
    id: _id,
    meta,
    subject: _subject,
    device: _device,
    text: _text,
    contained: _contained,
    ...rest
  } = observation;
  const extension = objectsOf(rest.extension).filter(({ url }) => url !== GATEWAY);
  const { security, tag } = isJson(meta) ? meta : {};
  const { extension: _extension, ...own } = rest;
  const kept = withoutReferences({
    ...own,
    ...(extension.length === 0 ? {} : { extension }),
    ...(security === undefined && tag === undefined ? {} : { meta: { security, tag } }),
  });
  // It is checked as a whole before it is stored.
  return { resource: kept as Observation, start: when?.start ?? null, duration: when?.duration ?? 0 };
}

const HAS_VALUE = /^(value[A-Z]|dataAbsentReason$|component$|hasMember$)/;

/**
 * The item that an Observation is.
 *
 * @param path its own
 */
export function itemOfObservation(observation: Json, path: string, around: Around = alone): Item {
  if (isTooDeep(observation)) return unreadable(path, 'It is nested deeper than a resource may be', 'structure');
  const { status } = observation;
  const record = recordOf(observation);
  const subject = isJson(observation.subject) ? textOf(observation.subject.reference) : null;
  const about = subject === null ? {} : { subject: around.subjects.get(subject) ?? subject };
  if (status === 'entered-in-error') {
    if (record !== null) return { kind: 'deleted', path, record: { ...record, version: null }, ...about };
    return unreadable(
      below(path, 'identifier'),
      'What is entered in error is told by the identifier it was sent with',
      'required',
    );
  }
  if (status === 'registered' || status === 'cancelled')
    return { kind: 'nothing', path, why: `An Observation that is ${status} has no reading` };
  if (codingsOf(observation.code).length === 0)
    return unreadable(below(path, 'code'), 'An Observation needs a code with a coding', 'required');
  const when = whenOf(observation, path);
  if (when !== null && 'kind' in when) return when;
  if (!Object.keys(observation).some((name) => HAS_VALUE.test(name)))
    return unreadable(path, 'An Observation needs a value, components, or why it has none', 'required');

  const said = hintOfReference(observation.device, around.devices);
  const metric = metricOf(observation, said, around.metrics);
  const device = metric !== null && 'device' in metric ? metric.device : said;
  const common = {
    path,
    ...(device === null ? {} : { device }),
    ...(metric === null ? {} : { metric }),
    ...(record === null ? {} : { record }),
    ...about,
  };
  const measure = measureOfCode(observation.code);
  const values = measure === null ? null : valuesOf(measure, observation);
  const settled = status === 'final' || status === 'amended' || status === 'corrected';
  if (measure === null || values === null || when === null || !settled)
    return { kind: 'whole', ...common, ...wholeOf(observation, when) };

  const more = moreOf(observation, measure, values.rest);
  const reading: Reading = {
    kind: 'reading',
    ...common,
    measure: measure.id,
    ...when,
    value: values.value,
    ...(values.components === undefined ? {} : { components: values.components }),
    ...(more === undefined ? {} : { more }),
  };
  return reading;
}
