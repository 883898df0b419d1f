import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Encounter } from '@medplum/fhirtypes';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { inTables } from '../support/canaries.ts';
import { type Server, startServer } from '../support/server.ts';
import { ask, enter, makeAppointment, makePeople, openVisit } from '../support/visit-world.ts';

let server: Server;
let data: string;
beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'portico-video-sealed-'));
  server = await startServer({ PORTICO_DATA: data, PORTICO_SHRED: 'on' });
  await makePeople(server);
}, 60_000);
afterAll(async () => {
  await server?.close();
  rmSync(data, { recursive: true, force: true });
});

test('where records are sealed a visit goes as elsewhere, and what its Encounter says is in no table', async () => {
  const encounter = await openVisit(server, await makeAppointment(server, 'sealed'));
  const patient = await enter(server, 'patient', encounter);
  const doctor = await enter(server, 'doctor', encounter);
  const admitted = await ask(server, 'doctor', `Encounter/${encounter}/$video-admit`, {
    participant: patient.id,
    confirmed: 'Vera Lind, 1951-03-04, patient',
  });
  expect(admitted.status, JSON.stringify(admitted.body)).toBe(200);
  expect((await ask(server, 'doctor', `Encounter/${encounter}/$video-end`)).status).toBe(200);
  expect(await Promise.all([patient.closed, doctor.closed])).toEqual([4403, 4403]);
  const read = (await (await server.fetch(`Encounter/${encounter}`)).json()) as Encounter;
  expect([read.status, read.statusHistory?.length]).toEqual(['finished', 4]);
  expect(await inTables(server.database, [`${server.origin}/video/sealed`])).toEqual([]);
});
