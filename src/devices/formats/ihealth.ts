import type { Json } from '../../fhir/context.ts';
import type { DeviceTime, Item } from '../reading.ts';
import type { Format } from './format.ts';
import { below, isJson, objectsOf, textOf, unreadable } from './json.ts';
import {
  type Common,
  componentsOf,
  exerciseCalled,
  type Field,
  figure,
  nothing,
  readingOf,
  readingsOf,
} from './vendor-items.ts';

/** Minutes of `-0800`, or of hours as a number; null: it does not say. */
function offsetOf(zone: unknown): number | null {
  if (typeof zone === 'number' && Math.abs(zone) <= 14) return zone * 60;
  const found = typeof zone === 'string' ? /^([+-])(\d{2})(\d{2})$/.exec(zone) : null;
  if (found === null) return null;
  const [, sign, hours, minutes] = found;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

/** Its seconds are since 1970-01-01T00:00 of the place where it was, and not of Greenwich. */
function timeOf(seconds: unknown, zone: number): DeviceTime | null {
  const local = figure(seconds);
  return local === null || Math.abs(local) > 8e12 ? null : { at: (local - zone * 60) * 1000, zone };
}

/** 0 stands for what was not measured. */
const measured = (record: Json): Json => Object.fromEntries(Object.entries(record).filter(([, value]) => value !== 0));

type Kind = {
  start: string;
  end?: string;
  /** What tells its unit, and the units by number. */
  unit?: { name: string; of: readonly string[] };
  read(record: Json, path: string, common: Common, unit: string): Iterable<Item>;
};

const fields =
  (of: (unit: string) => readonly Field[]) =>
  (record: Json, path: string, common: Common, unit: string): Iterable<Item> =>
    readingsOf(record, path, of(unit), common);

const KINDS: Readonly<Record<string, Kind>> = {
  WeightDataList: {
    ...{ start: 'MDate', unit: { name: 'WeightUnit', of: ['kg', '[lb_av]', '[stone_av]'] } },
    read: fields((unit) => [
      { field: 'WeightValue', measure: 'body-weight', unit },
      { field: 'BMI', measure: 'bmi', unit: 'kg/m2' },
      { field: 'FatValue', measure: 'body-fat', unit: '%' },
    ]),
  },
  BGDataList: {
    ...{ start: 'MDate', unit: { name: 'BGUnit', of: ['mg/dL', 'mmol/L'] } },
    read: fields((unit) => [{ field: 'BG', measure: 'blood-glucose-meter-mass', unit }]),
  },
  BODataList: {
    start: 'MDate',
    read: fields(() => [
      { field: 'BO', measure: 'spo2', unit: '%' },
      { field: 'HR', measure: 'heart-rate', unit: '/min' },
    ]),
  },
  BPDataList: {
    ...{ start: 'MDate', unit: { name: 'BPUnit', of: ['mm[Hg]', 'kPa'] } },
    *read(record, path, common, unit) {
      const components = componentsOf(record, [
        { field: 'HP', measure: 'systolic-blood-pressure', unit },
        { field: 'LP', measure: 'diastolic-blood-pressure', unit },
      ]);
      yield readingOf(common, path, 'blood-pressure', null, components);
      yield* readingsOf(record, path, [{ field: 'HR', measure: 'heart-rate', unit: '/min' }], common);
    },
  },
  SRDataList: {
    ...{ start: 'StartTime', end: 'EndTime' },
    // In minutes, whatever it is called.
    read: fields(() => [{ field: 'HoursSlept', measure: 'sleep-duration', unit: 'min' }]),
  },
  ARDataList: {
    start: 'MDate',
    // What it has counted of the day until then: the last of the day is its total.
    *read(record, path, common) {
      const at = common.start.at + common.start.zone * 60_000;
      const midnight = common.start.at - (((at % 86_400_000) + 86_400_000) % 86_400_000);
      const day: Common = { ...common, start: { at: midnight, zone: common.start.zone }, duration: 86_400_000 };
      yield* readingsOf(record, path, [{ field: 'Steps', measure: 'steps-per-24-h', unit: '/d' }], day);
    },
  },
  SPORTDataList: {
    ...{ start: 'SportStartTime', end: 'SportEndTime' },
    *read(record, path, common) {
      const components = {
        'exercise-duration': { value: common.duration / 60_000, unit: 'min' },
        ...componentsOf(record, [{ field: 'Calories', measure: 'calories-in-exercise', unit: 'kcal' }]),
      };
      const value = exerciseCalled(textOf(record.SportName) ?? '');
      yield readingOf(common, below(path, 'SportName'), 'exercise-session-type', value, components);
    },
  },
};

function* ofRecord(kind: Kind, record: Json, path: string, unit: string, otherwise: number): Iterable<Item> {
  const zone = offsetOf(record.TimeZone) ?? otherwise;
  const start = timeOf(record[kind.start], zone);
  const end = kind.end === undefined ? start : timeOf(record[kind.end], zone);
  if (start === null || end === null || end.at < start.at)
    return yield unreadable(below(path, kind.start), 'A time in seconds is expected', 'value');
  const [id, version] = [textOf(record.DataID), figure(record.LastChangeTime)];
  const common: Common = {
    ...{ start, duration: end.at - start.at, device: { identity: null, name: 'iHealth', manufacturer: 'iHealth' } },
    ...(id === null ? {} : { record: { id, version: version === null ? null : String(version) } }),
    ...(record.DataSource === 'Manual' ? { selfReported: true as const } : {}),
  };
  const items = [...kind.read(measured(record), path, common, unit)];
  if (items.length === 0) yield nothing(path, 'Nothing was measured');
  yield* items;
}

/** Lists of its Open API, which does not go on. */
export const ihealth: Format = {
  name: 'ihealth',
  description: 'Lists of the iHealth Open API: weight, blood pressure, glucose, oxygen, sleep, activity, sport.',
  *read(payload, path, { zone }) {
    const found = isJson(payload) ? Object.keys(KINDS).filter((name) => Array.isArray(payload[name])) : [];
    if (!isJson(payload) || found.length === 0)
      return yield unreadable(path, `A list of iHealth is expected: ${Object.keys(KINDS).join(', ')}`, 'structure');
    for (const name of found) {
      const kind = KINDS[name];
      if (kind === undefined) continue;
      const list = objectsOf(payload[name]);
      const number = kind.unit === undefined ? 0 : figure(payload[kind.unit.name]);
      const unit = kind.unit === undefined ? '' : kind.unit.of[number ?? -1];
      const place = below(path, name);
      if (unit === undefined)
        yield unreadable(below(path, kind.unit?.name ?? ''), 'It is none of the units of iHealth', 'code-invalid');
      else if (list.length === 0) yield nothing(place, 'There is nothing in this list');
      else for (const [index, one] of list.entries()) yield* ofRecord(kind, one, `${place}[${index}]`, unit, zone);
    }
  },
};
