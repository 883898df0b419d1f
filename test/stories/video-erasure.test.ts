import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { canaries, inTables } from '../support/canaries.ts';
import { type Server, startServer } from '../support/server.ts';
import { ask, enter, makeAppointment, makePeople, openVisit } from '../support/visit-world.ts';

let server: Server;
let data: string;
beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'portico-video-erasure-'));
  server = await startServer({ PORTICO_DATA: data });
  await makePeople(server);
}, 60_000);
afterAll(async () => {
  await server?.close();
  rmSync(data, { recursive: true, force: true });
});

const count = async (table: string): Promise<number> => {
  const [row] = await server.database.query(`select count(*)::int from ${table} where tenant = $1`, [1]);
  return Number(row?.[0]);
};

const tables = ['visit', 'participant', 'attendance', 'invite', 'message', 'recording', 'recording_consent'].map(
  (name) => `video_${name}`,
);

test('O-84 of the visits of somebody whose record is erased nothing is left: who was in them, what was said, what was recorded', async () => {
  const [guest = '', said = '', phone = ''] = canaries(3);
  const encounter = await openVisit(server, await makeAppointment(server, 'erased-with-her'));
  const patient = await enter(server, 'patient', encounter);
  const doctor = await enter(server, 'doctor', encounter);
  await ask(server, 'doctor', `Encounter/${encounter}/$video-admit`, {
    participant: patient.id,
    confirmed: 'Vera Lind, 1951-03-04, patient',
  });
  const invited = await ask(server, 'doctor', `Encounter/${encounter}/$video-invite`, {
    role: 'interpreter',
    name: guest,
  });
  expect(invited.status, JSON.stringify(invited.body)).toBe(200);
  await patient.next('self', ({ self }) => self.state === 'admitted');
  patient.say({ type: 'chat', text: said });
  await doctor.next('chat');
  const [[visit] = []] = await server.database.query(
    'update video_visit set callback = $3 where tenant = $1 and encounter = $2 returning id',
    [1, encounter, phone],
  );
  // Pieces of a recording that has not become a document yet.
  const piece = Buffer.from('a piece of a recording');
  const sha256 = createHash('sha256').update(piece).digest('hex');
  await server.smart.fhir.blobs.put(piece);
  await server.database.query(
    `insert into video_recording (tenant, visit, id, state, consents, started_at, changed_at, parts)
     values ($1, $2, 'r', 'recording', '[]', now(), now(), $3)`,
    [1, String(visit), JSON.stringify([{ sha256, size: piece.length }])],
  );
  await server.database.query(
    'insert into video_recording_consent (tenant, visit, participant, given, at) values ($1, $2, $3, true, now())',
    [1, String(visit), patient.id],
  );
  const blobs = (): string[] =>
    existsSync(join(data, 'blobs')) ? readdirSync(join(data, 'blobs'), { recursive: true, encoding: 'utf8' }) : [];
  expect(blobs().some((name) => name.endsWith(sha256.slice(-16)))).toBe(true);
  for (const table of tables) expect(await count(table), table).toBeGreaterThan(0);
  expect((await inTables(server.database, [guest, said, phone])).length).toBeGreaterThanOrEqual(3);

  expect((await ask(server, 'doctor', `Encounter/${encounter}/$video-end`)).status).toBe(200);
  await Promise.all([patient.closed, doctor.closed]);
  const erased = await server.fetch('Patient/vera/$erase?grace=0', { method: 'POST' });
  expect(erased.status, await erased.clone().text()).toBe(200);
  expect(await inTables(server.database, [guest, said, phone])).toEqual([]);
  for (const table of tables) expect([table, await count(table)]).toEqual([table, 0]);
  expect(blobs().some((name) => name.endsWith(sha256.slice(-16)))).toBe(false);
  const [[jobs] = []] = await server.database.query(
    `select count(*)::int from job where tenant = $1 and payload::jsonb ->> 'visit' = $2`,
    [1, String(visit)],
  );
  expect(jobs).toBe(0);
});
