import { escaped } from '../../fhir/search/escape.ts';
import { deviceDay, deviceTime } from '../formats/device-time.ts';
import type { FormatContext } from '../formats/format.ts';
import { below, unreadable } from '../formats/json.ts';
import { measureOf } from '../measures.ts';
import type { Amount, DeviceTime, Item, Reading } from '../reading.ts';
import type { Extracted, ExtractedValue, Scalar } from './extract.ts';
import type { Mapping, Rule } from './mapping.ts';

/** A number, or a text that is one: many devices write their numbers in quotes. */
function numberIn(value: Scalar): number | null {
  if (typeof value === 'number') return value;
  return value !== null && /^\s*[+-]?\d+(\.\d+)?([eE][+-]?\d+)?\s*$/.test(value) ? Number(value) : null;
}

function timeIn(value: Scalar, zone: number, unit: 's' | 'ms'): DeviceTime | null {
  const number = numberIn(value);
  if (number !== null) {
    const at = unit === 's' ? Math.round(number * 1000) : number;
    return Math.abs(at) <= 8.64e15 ? { at, zone } : null;
  }
  return deviceTime(value, zone);
}

/** Minutes from UTC of `+02:00` or `Z`; numbers are minutes. */
function zoneIn(value: Scalar, usual: number): number {
  const number = numberIn(value);
  if (number !== null) return Math.abs(number) <= 14 * 60 ? number : usual;
  return value === null ? usual : (deviceTime(`1970-01-01T00:00:00${value}`)?.zone ?? usual);
}

const amountIn = ({ value, unit }: ExtractedValue): Amount | null => {
  const number = numberIn(value);
  return number === null ? null : { value: number, unit: unit === null ? null : String(unit) };
};

/** `Patient/1` as it stands; an id of the sender's is looked up as an identifier. */
const subjectIn = (patient: string): string =>
  patient.startsWith('Patient/') ? patient : `Patient?identifier=${encodeURIComponent(escaped(patient))}`;

type When = { start: DeviceTime; duration: number };

function whenIn(rule: Rule, { start, end, zone }: Extracted, path: string, usual: number): When | Item {
  const from = zoneIn(zone, usual);
  const first = timeIn(start, from, rule.timeUnit);
  if (first === null) {
    const day = rule.end === null ? deviceDay(start, from) : null;
    return day ?? unreadable(path, `${rule.name}: its time is none: ISO 8601 is allowed, or a number`, 'value');
  }
  if (rule.end === null) return { start: first, duration: 0 };
  const last = timeIn(end, from, rule.timeUnit);
  if (last === null || last.at < first.at)
    return unreadable(path, `${rule.name}: it ends at no time, or before it begins`, 'value');
  return { start: first, duration: last.at - first.at };
}

type Values = Pick<Reading, 'value' | 'components'>;

/** The values of a reading; the name of one that is missing or is no number. */
function valuesIn(rule: Rule, measure: string, extracted: Extracted): Values | string {
  const components: Record<string, Amount> = {};
  for (const [id, of] of Object.entries(extracted.components)) {
    const amount = amountIn(of);
    if (amount === null) return id;
    components[id] = amount;
  }
  const some = Object.keys(components).length > 0 ? { components } : {};
  if (rule.value === null) return { value: null, ...some };
  const { value } = extracted;
  if (measureOf(measure)?.kind === 'code')
    return value?.value == null ? 'value' : { value: { code: String(value.value) }, ...some };
  const amount = value === null ? null : amountIn(value);
  return amount === null ? 'value' : { value: amount, ...some };
}

function itemOf(rule: Rule, extracted: Extracted, path: string, context: FormatContext): Item {
  const { measure } = rule;
  if (measure === null) return { kind: 'nothing', path, why: `The template maps ${rule.name} to no measure` };
  const when = whenIn(rule, extracted, path, context.zone);
  if ('kind' in when) return when;
  const values = valuesIn(rule, measure, extracted);
  if (typeof values === 'string')
    return unreadable(path, `${rule.name}: its ${values} is missing, or is no number`, 'value');
  const { device, patient, record, version } = extracted;
  return {
    ...{ kind: 'reading', path, measure, ...when, ...values },
    ...(device === null ? {} : { device: { identity: String(device) } }),
    ...(patient === null ? {} : { subject: subjectIn(String(patient)) }),
    ...(record === null
      ? {}
      : { record: { id: String(record), version: version === null ? null : String(version), part: rule.name } }),
  };
}

/** The items of what a mapping has found in a payload. */
export function* itemsOfExtracted(
  { rules }: Mapping,
  extracted: readonly Extracted[],
  path: string,
  context: FormatContext,
): Generator<Item> {
  if (extracted.length === 0) {
    yield unreadable(path, 'Nothing that the template looks for is in it', 'structure');
    return;
  }
  for (const one of extracted) {
    const rule = rules[one.rule];
    if (rule !== undefined) yield itemOf(rule, one, below(path, one.path), context);
  }
}
