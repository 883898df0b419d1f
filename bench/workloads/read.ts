import { observationTemplate } from '../data/observation.ts';
import { fill } from '../data/template.ts';
import type { Bench } from '../run/bench.ts';
import { capture, idOf, sendAll } from '../run/requests.ts';
import type { Server } from '../run/server.ts';
import type { Workload } from './workload.ts';

type Seeded = { patients: string[]; observations: string[] };

const patientCount = 250;
/** Of each patient: as many that the search finds, and as many that it does not. */
const perCode = 12;

const seeded = new WeakMap<Server, Seeded>();

/** 6,000 Observations of 250 patients, half of them of the code that is searched. */
export async function seed(server: Server): Promise<Seeded> {
  const before = seeded.get(server);
  if (before) return before;
  const person = { resourceType: 'Patient', name: [{ family: 'Marrow', given: ['Ilse'] }], birthDate: '1971-08-09' };
  const post = (path: string, body: string) => ({ method: 'POST' as const, path: `/fhir/R4/${path}`, body });
  const people = Array.from({ length: patientCount }, () => post('Patient', JSON.stringify(person)));
  const patients = (await sendAll(server, people)).map(idOf);
  const bodies = patients.flatMap((patient) =>
    Array.from({ length: perCode * 2 }, (_, at) => {
      const effective = new Date(Date.UTC(2023, 0, 1 + at * 9, 8, at)).toISOString();
      const text = fill(observationTemplate, { patient, effective, value: String(60 + at) });
      return post('Observation', at % 2 ? text.replaceAll('"8867-4"', '"9279-1"') : text);
    }),
  );
  const observations = (await sendAll(server, bodies, 64)).map(idOf);
  const made = { patients, observations };
  seeded.set(server, made);
  return made;
}

async function compareReads(bench: Bench, server: Server, paths: string[]): Promise<ReturnType<Workload['measure']>> {
  const file = bench.newFolder('bytes');
  await capture(server, paths, file);
  const floor = await bench.floor('memory.ts', [file]);
  const work = { scenario: 'walk' as const, groups: [{ name: 'read', paths }] };
  return (await bench.compare(work, server, floor, 64, 'requests/s')).outcome;
}

export const readById: Workload = {
  name: 'read-c64',
  about: 'read by id, random among 6,000 Observations; floor: bare Hono with the same bytes in memory',
  target: { ratio: 0.6 },
  async measure(bench) {
    const server = await bench.server();
    const { observations } = await seed(server);
    return compareReads(
      bench,
      server,
      observations.map((id) => `/fhir/R4/Observation/${id}`),
    );
  },
};

export const readPatient: Workload = {
  name: 'read-patient-c64',
  about: 'W7: read Patient by id; floor: bare Hono with the same bytes in memory',
  target: { ratio: 0.6 },
  async measure(bench) {
    const server = await bench.server();
    const { patients } = await seed(server);
    return compareReads(
      bench,
      server,
      patients.map((id) => `/fhir/R4/Patient/${id}`),
    );
  },
};

export const searchPatientCode: Workload = {
  name: 'search-c64',
  about: `search Observation by patient and code, ${perCode} rows; floor: bare Hono with the same list in memory`,
  target: { ratio: 0.22 },
  async measure(bench) {
    const server = await bench.server();
    const { patients } = await seed(server);
    return compareReads(
      bench,
      server,
      patients.map((id) => `/fhir/R4/Observation?patient=${id}&code=http%3A%2F%2Floinc.org%7C8867-4`),
    );
  },
};
