/**
 * Readings of devices on their way into the database, in batches as they are taken in, and one at a time as the floor: each in a
 * commit of its own. Of duplicates the floor is new readings. What is measured begins with a reading as a format gives it: units, range, clock, identity, what is known,
 * both tiers.
 * Arguments: the Target of a Postgres as JSON; `samples`, `duplicates` or `observations`; seconds of a turn; turns.
 * Prints {ours, floor, p50_ms, p99_ms, bytes}: readings a second, ms of a batch, bytes of the tables for each reading.
 */
import { connect } from '../../src/db/connect.ts';
import type { Target } from '../../src/db/target.ts';
import { canonical } from '../../src/devices/canonical.ts';
import { observationId } from '../../src/devices/identity.ts';
import { observationOf } from '../../src/devices/observation.ts';
import type { Reading } from '../../src/devices/reading.ts';
import { storeReadings, type ToStore } from '../../src/devices/store.ts';
import type { FhirContext } from '../../src/fhir/context.ts';
import { compiled } from './parts.ts';

type What = 'samples' | 'duplicates' | 'observations';

const [target = '', what = 'samples', seconds = '1', turns = '1'] = process.argv.slice(2);
const BATCH = 1000;
/** Batches at a time, each of another patient. */
const AT_ONCE = 3;
const day = 86_400_000;
const received = Date.UTC(2026, 0, 31);

const database = await connect(JSON.parse(target) as Target);
const { index } = await compiled();
// Nothing else of it is needed to store readings.
const context = { database, index } as unknown as FhirContext;

const rates: readonly (readonly [measure: string, unit: string, from: number])[] = [
  ['heart-rate', '/min', 60],
  ['spo2', '%', 92],
  ['respiratory-rate', '/min', 12],
];

/** The nth reading of a patient: values of three measures in turn, one every ten seconds; or a weight a minute. */
function readingOf(n: number): Reading {
  const { measure, value, every, ...rest } = what === 'observations' ? weight(n) : rate(n);
  const at = received - 3 * day - Math.floor(n) * every;
  return { kind: 'reading', path: '', measure, start: { at, zone: -300 }, duration: 0, value, ...rest };
}

function rate(n: number) {
  const [measure = '', unit = '', from = 0] = rates[n % rates.length] ?? [];
  return { measure, value: { value: from + ((n * 7) % 8), unit }, every: 3334 };
}

const weight = (n: number) => ({
  measure: 'body-weight',
  value: { value: 60 + (n % 300) / 10, unit: 'kg' },
  every: 60_000,
});

const source = 'vendor:bench/watch';

function toStore(patient: string, n: number): ToStore {
  const reading = readingOf(n);
  const value = canonical(reading, received);
  if (!value.ok) throw new Error(value.issues[0]?.diagnostics);
  const { measure, start, duration, components = {} } = reading;
  const identity = { tenant: 1, patient, source, code: measure, start: start.at, duration };
  return {
    canonical: value.value,
    id: observationId({ ...identity, components: Object.keys(components) }),
    source,
    observation: () =>
      observationOf(value.value, { patient: `Patient/${patient}`, device: 'Device/watch', gateway: null }),
  };
}

const store = async (patient: string, first: number, count: number): Promise<void> => {
  const batch = Array.from({ length: count }, (_, at) => toStore(patient, first + at));
  await storeReadings(context, 1, patient, batch, new Date(received));
};

/** Stores in so many places at once until the time is over. @returns readings a second, and ms of each call */
async function turn(places: number, count: number, patientOf: (place: number) => string, again: boolean) {
  const took: number[] = [];
  const begin = performance.now();
  const until = begin + Number(seconds) * 1000;
  const work = async (place: number): Promise<void> => {
    for (let n = 0; performance.now() < until; n++) {
      const since = performance.now();
      await store(patientOf(place), (again ? n % sent : n) * count, count);
      took.push(performance.now() - since);
    }
  };
  await Promise.all(Array.from({ length: places }, (_, place) => work(place)));
  return { rate: (took.length * count * 1000) / (performance.now() - begin), took };
}

/** Batches of each patient that are there to be sent again. */
const sent = 10;

const middle = (values: readonly number[], part = 0.5): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))] ?? 0;

let patients = 0;
const again = (what as What) === 'duplicates';
const measured: { ours: number[]; floor: number[]; took: number[] } = { ours: [], floor: [], took: [] };
const first = patients;
if (again)
  for (let place = 0; place < AT_ONCE; place++)
    for (let n = 0; n < sent; n++) await store(`p${first + place}`, n * BATCH, BATCH);
// What the compiler and the plans of Postgres need is not measured.
await store('warm', 0, BATCH);
for (let at = 0; at < Number(turns); at++) {
  const from = again ? first : patients;
  if (!again) patients += AT_ONCE;
  const { rate: ours, took } = await turn(AT_ONCE, BATCH, (place) => `p${from + place}`, again);
  measured.ours.push(ours);
  measured.took.push(...took);
  // Of what is known already new readings are the floor; of these, commits of one, as many at once as there are lines for.
  const floor = await turn(AT_ONCE, again ? BATCH : 1, (place) => `floor${at}-${place}`, false);
  measured.floor.push(floor.rate);
}
const [row] = await database.query(
  `select (pg_total_relation_size('sample') + pg_total_relation_size('device_written'))::float8 /
    greatest((select count(*) from sample), 1)`,
);
await database.close();
process.stdout.write(
  JSON.stringify({
    ours: middle(measured.ours),
    floor: middle(measured.floor),
    p50_ms: middle(measured.took),
    p99_ms: middle(measured.took, 0.99),
    bytes: Number(row?.[0]),
  }),
);
