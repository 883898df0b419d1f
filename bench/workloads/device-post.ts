import { join } from 'node:path';

import { root, run } from '../run/processes.ts';
import type { Server } from '../run/server.ts';
import { round, type Workload } from './workload.ts';

const BATCH = 1000;
/** Patients who send at a time. */
const SENDERS = 4;

/** A thousand heart rates as Open mHealth has them, a line each, a second after the other. */
function lines(first: number): string {
  const begin = Date.UTC(2026, 0, 10) + first * 1000;
  return Array.from({ length: BATCH }, (_, n) => {
    const time = new Date(begin + n * 1000).toISOString();
    return JSON.stringify({
      header: { id: `${first + n}`, schema_id: { namespace: 'omh', name: 'heart-rate', version: '2.0' } },
      body: { heart_rate: { value: 60 + (n % 40), unit: 'beats/min' }, effective_time_frame: { date_time: time } },
    });
  }).join('\n');
}

async function sender(server: Server, patient: string): Promise<(body: string) => Promise<number>> {
  const fhir = { Authorization: `Bearer ${server.token}`, 'Content-Type': 'application/fhir+json' };
  const body = JSON.stringify({ resourceType: 'Patient', id: patient });
  await fetch(`http://127.0.0.1:${server.port}/fhir/R4/Patient/${patient}`, { method: 'PUT', headers: fhir, body });
  const asked = ['--scope', 'patient/Observation.c', '--patient', patient, '--fhir-user', `Patient/${patient}`];
  const env = { PORT: String(server.port), PORTICO_DATA: server.folder };
  const token = (await run(join(root, 'scripts/token.ts'), asked, { env })).trim();
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/x-ndjson' };
  return async (readings) => {
    const since = performance.now();
    const answer = await fetch(`http://127.0.0.1:${server.port}/devices/open-mhealth`, {
      method: 'POST',
      headers,
      body: readings,
    });
    const said = await answer.text();
    if (answer.status !== 201 && answer.status !== 200)
      throw new Error(`readings were answered ${answer.status}: ${said.slice(0, 300)}`);
    return performance.now() - since;
  };
}

const posted = (name: string, about: string, again: boolean): Workload => ({
  name,
  about,
  target: { least: 20_000 },
  async measure(bench) {
    const server = await bench.server();
    const senders = await Promise.all(Array.from({ length: SENDERS }, (_, at) => sender(server, `${name}-${at}`)));
    const bodies = Array.from({ length: again ? 1 : Math.max(20, bench.options.seconds * 20) }, (_, n) =>
      lines(n * BATCH),
    );
    // What is compiled and planned when it runs first is no part of it; what is sent again has been sent then.
    await Promise.all(senders.map((send) => send(again ? (bodies[0] ?? '') : lines(-BATCH))));
    const took: number[] = [];
    const begun = performance.now();
    const until = begun + bench.options.seconds * 1000;
    const work = async (send: (body: string) => Promise<number>): Promise<void> => {
      for (let n = 0; performance.now() < until && (again || n < bodies.length); n++)
        took.push(await send(bodies[n % bodies.length] ?? ''));
    };
    await Promise.all(senders.map(work));
    const value = round((took.length * BATCH * 1000) / (performance.now() - begun));
    took.sort((a, b) => a - b);
    const at = (part: number): number => round(took[Math.floor(took.length * part)] ?? 0);
    const measure = { value, unit: 'readings/s', floor: null, ratio: null, p50_ms: at(0.5), p99_ms: at(0.99) };
    return { measure, notes: [`p50 and p99 are of a request of ${BATCH}`] };
  },
});

/** Readings through the whole server: HTTP, gate, Consent, ledger, payload, Provenance, both tiers. */
export const devicePosts: readonly Workload[] = [
  posted(
    'device-post',
    `POST /devices/open-mhealth, ${BATCH} new heart rates a request, ${SENDERS} patients at a time`,
    false,
  ),
  posted('device-post-again', 'the same requests again and again: all of it is known', true),
];
