import type { Bundle, Device, Observation, Resource } from '@medplum/fhirtypes';

import type { Grant } from '../../fhir/access.ts';
import { searchPage, sendFor } from '../../privacy/pages/ask.ts';
import type { PrivacyPagesDeps, Visit } from '../../privacy/pages/visit.ts';
import { type Measure, measureOfCoding, measures } from '../measures.ts';
import { placeOf } from './plot.ts';
import { clockOf, measureOfObservation, type Point, pointsOf } from './point.ts';

/** Who asks for readings, as they themselves, and of whom. */
export type Looking = Pick<Visit, 'request'> & { deps: PrivacyPagesDeps; grant: Grant; patient: string };

/** Readings of one page of a search. */
const PAGE = 1000;
/** Readings that one chart is made of. */
export const MOST = 20_000;

const DAY = 86_400_000;

type Seen = Observation & { id: string };

const isObservation = (one: Resource & { id: string }): one is Seen => one.resourceType === 'Observation';

/** Any of the codings of a measure that only it has. */
const codeOf = (measure: Measure): string => {
  const [first] = measure.codings;
  return first === undefined ? '' : `${first.system ?? ''}|${first.code ?? ''}`;
};

/** Stands in the place of a device for what was entered by hand, or at a visit. */
export const noDevice = 'none';

function measuredBy(device: string | null): Record<string, string> {
  if (device === null) return {};
  return device === noDevice ? { 'device:missing': 'true' } : { device };
}

/** What a measure's readings are searched by. @param device `Device/1`, or noDevice; null: whichever */
function criteriaOf({ patient }: Looking, measure: Measure, device: string | null): Record<string, string> {
  return {
    patient: `Patient/${patient}`,
    code: codeOf(measure),
    'status:not': 'entered-in-error',
    ...measuredBy(device),
  };
}

/** Every Observation of a measure, page by page, the newest first. @param dates of the search parameter `date` */
export async function* observationsOf(
  looking: Looking,
  measure: Measure,
  {
    device = null,
    dates = [],
    sort = '-date',
  }: { device?: string | null; dates?: readonly string[]; sort?: string } = {},
): AsyncGenerator<Seen[]> {
  const query = new URLSearchParams({ ...criteriaOf(looking, measure, device), _sort: sort, _count: String(PAGE) });
  for (const date of dates) query.append('date', date);
  for (;;) {
    const page = await searchPage<Observation>(looking, 'Observation', query.toString());
    yield page.found.filter(isObservation);
    if (page.next === null) return;
    query.set('_cursor', page.next);
  }
}

export type Read = {
  /** Whether they are what was summed up by the server. */
  rolled: boolean;
  /** What measured, as far as it was looked at: `Device/1`, noDevice. */
  devices: readonly string[];
  points: Point[];
  /** Whether there were more readings than one chart is made of: then the oldest are missing. */
  cut: boolean;
};

/** The readings of a measure whose device's clock showed a time of [from, to). */
export async function readingsOf(
  looking: Looking,
  measure: Measure,
  { from, to, device }: { from: number; to: number; device: string | null },
): Promise<Read> {
  // Clocks differ from ours by up to 14 hours.
  const dates = [`ge${new Date(from - DAY).toISOString()}`, `lt${new Date(to + DAY).toISOString()}`];
  const points: Point[] = [];
  let read = 0;
  for await (const page of observationsOf(looking, measure, { device, dates })) {
    read += page.length;
    for (const one of page) points.push(...pointsOf(measure, one));
    if (read >= MOST) break;
  }
  const isWithin = (point: Point): boolean => from <= placeOf(point) && placeOf(point) < to;
  const within = points.filter(isWithin);
  return { rolled: false, devices: devicesOf(within), points: within, cut: read >= MOST };
}

const devicesOf = (points: readonly Point[]): string[] =>
  [...new Set(points.map(({ device }) => device ?? noDevice))].sort();

/** How many readings there are of a time, and which devices measured the latest of them. */
export async function glanceAt(
  looking: Looking,
  measure: Measure,
  { from, to }: { from: number; to: number },
): Promise<{ count: number; devices: readonly string[] }> {
  const query = new URLSearchParams({
    ...criteriaOf(looking, measure, null),
    _sort: '-date',
    _count: '100',
    _total: 'accurate',
  });
  query.append('date', `ge${new Date(from).toISOString()}`);
  query.append('date', `lt${new Date(to).toISOString()}`);
  const answer = await sendFor<Bundle>(looking, { path: ['Observation'], query: query.toString() });
  if (!answer.ok) return { count: 0, devices: [] };
  const { total = 0, entry = [] } = answer.value;
  const devices = entry.flatMap(({ resource }) =>
    resource?.resourceType === 'Observation' ? [resource.device?.reference ?? noDevice] : [],
  );
  return { count: total, devices: [...new Set(devices)].sort() };
}

/** The latest reading of a measure; null where there is none to be seen. */
export async function latestOf(looking: Looking, measure: Measure, device: string | null): Promise<Point | null> {
  const query = { ...criteriaOf(looking, measure, device), _sort: '-date', _count: '10' };
  const { found } = await searchPage<Observation>(looking, 'Observation', query);
  return found.filter(isObservation).flatMap((one) => pointsOf(measure, one))[0] ?? null;
}

const categories = 'vital-signs,activity,laboratory,procedure,social-history,exam,survey';

export type Latest = { measure: Measure; point: Point };

/** Measures whose readings have the code of another beside their own: the latest of that code may be of the other. */
const besideOthers = measures.filter(({ id, codings: [, ...further] }) =>
  further.some(({ system, code }) => (measureOfCoding(system, code)?.id ?? id) !== id),
);

/** The latest reading of each measure that there are readings of. */
export async function latestOfEach(looking: Looking): Promise<Latest[]> {
  const query = new URLSearchParams({ patient: `Patient/${looking.patient}`, category: categories, max: '2' });
  const answer = await sendFor<Bundle>(looking, { path: ['Observation', '$lastn'], query: query.toString() });
  if (!answer.ok) return [];
  const latest = new Map<string, Latest>();
  for (const { resource } of answer.value.entry ?? []) {
    if (resource?.resourceType !== 'Observation' || resource.id === undefined) continue;
    const measure = measureOfObservation(resource);
    if (measure === null) continue;
    const point = pointsOf(measure, resource as Seen).at(-1);
    if (point === undefined) continue;
    const known = latest.get(measure.id);
    if (known === undefined || known.point.end < point.end) latest.set(measure.id, { measure, point });
  }
  for (const measure of latest.size === 0 ? [] : besideOthers) {
    const point = latest.has(measure.id) ? null : await latestOf(looking, measure, null);
    if (point !== null) latest.set(measure.id, { measure, point });
  }
  return [...latest.values()];
}

/** What the patient's devices are called, by their reference. */
export async function deviceNames(looking: Looking): Promise<ReadonlyMap<string, string>> {
  const query = { patient: `Patient/${looking.patient}`, _count: '200' };
  const { found } = await searchPage<Device>(looking, 'Device', query);
  return new Map(found.map((one) => [`Device/${one.id}`, nameOfDevice(one)]));
}

export const nameOfDevice = ({ deviceName = [], manufacturer, modelNumber, type, id = '' }: Device): string =>
  deviceName[0]?.name ??
  ([manufacturer, modelNumber].filter(Boolean).join(' ') || type?.text || type?.coding?.[0]?.display || id);

/** The zone of the clock that a reading was told by; minutes from UTC. */
export const zoneOf = ({ zone, observation }: Point): number => zone ?? clockOf(observation.issued ?? '')?.zone ?? 0;
