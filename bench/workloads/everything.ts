import { patientBundle, surroundings } from '../data/patient-bundle.ts';
import { targetIn } from '../run/postgres.ts';
import { sendAll } from '../run/requests.ts';
import type { Workload } from './workload.ts';

const visits = 83;

/** WORKLOADS W7. */
export const everything: Workload = {
  name: 'everything-c4',
  about: 'W7: $everything of patients with 997 resources; floor: one SELECT of their rows',
  target: { ratio: 0.5 },
  async measure(bench) {
    const server = await bench.server();
    const post = (body: string) => ({ method: 'POST' as const, path: '/fhir/R4', body });
    await sendAll(server, [post(surroundings().text)]);
    const seeds = Array.from({ length: 8 }, (_, at) => 900_000 + at);
    const people = seeds.map((seed) => post(patientBundle(seed, visits).text));
    const answers = await sendAll(server, people, 2);
    const ids = answers.map(({ body }) => /Patient\/([^/"]+)/.exec(body)?.[1] ?? '');
    const floor = await bench.floor('select.ts', [JSON.stringify(targetIn(server.folder))]);
    const paths = ids.map((id) => `/fhir/R4/Patient/${id}/$everything?_count=1000`);
    const sample = await sendAll(server, [{ method: 'GET', path: paths[0] ?? '' }]);
    const found = (JSON.parse(sample[0]?.body ?? '{}') as { entry?: unknown[] }).entry?.length ?? 0;
    const work = { scenario: 'walk' as const, groups: [{ name: 'everything', paths }] };
    const { outcome } = await bench.compare(work, server, floor, 4, 'requests/s');
    return { ...outcome, notes: [...outcome.notes, `${found} entries in a page`] };
  },
};
