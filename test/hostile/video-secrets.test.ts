import type { Bundle, Communication } from '@medplum/fhirtypes';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { exchangeCode, guestJoin } from '../../src/video/people/guest.ts';
import { agree } from '../../src/video/recording/agree.ts';
import { recordingJobsOf } from '../../src/video/recording/jobs.ts';
import { playRecording } from '../../src/video/recording/link.ts';
import { takeChunk } from '../../src/video/recording/take-chunk.ts';
import { findVisit } from '../../src/video/visits/visit.ts';
import { createLog } from '../../src/web/log.ts';
import { runDueJobs } from '../support/jobs.ts';
import { type Server, startServer } from '../support/server.ts';
import {
  ask,
  enter,
  makeAppointment,
  makePeople,
  openSocket,
  openVisit,
  type Person,
  tokenOf,
} from '../support/visit-world.ts';

let server: Server;
let log = '';
beforeAll(async () => {
  const to = {
    write(line: string) {
      log += line;
    },
  };
  const logger = createLog('debug', to);
  logger.level = 'trace';
  server = await startServer({}, logger);
  await makePeople(server);
}, 60_000);
afterAll(() => server?.close());

const context = () => server.smart.fhir;

/** All that is in the store and in the ledger, old versions as well, as it is kept. */
async function stored(): Promise<string> {
  const texts: string[] = [];
  for (const table of ['resource', 'resource_history', 'ledger', 'ledger_shape', 'job']) {
    const rows = await server.database.query(`select t::text from ${table} t where tenant = $1`, [1]);
    texts.push(...rows.map(([text]) => String(text)));
  }
  return texts.join('\n');
}

test('V-6 V-8 of a whole visit no resource, no entry of the ledger and no line of the log has a room, a token, a code or a secret', async () => {
  const encounter = await openVisit(server, await makeAppointment(server, 'secrets'));
  const join = async (who: Person) => {
    const joined = await ask(server, who, `Encounter/${encounter}/$video-join`);
    return { id: joined.value('participant'), token: joined.value('token'), url: joined.value('socket') };
  };
  const [patient, doctor] = [await join('patient'), await join('doctor')];
  const sockets = [await openSocket(patient.url, patient.token), await openSocket(doctor.url, doctor.token)];
  const admit = (participant: string) =>
    ask(server, 'doctor', `Encounter/${encounter}/$video-admit`, { participant, confirmed: 'shown' });
  expect((await admit(patient.id)).status).toBe(200);
  await sockets[0]?.next('self', ({ self }) => self.state === 'admitted');
  const invited = await ask(server, 'doctor', `Encounter/${encounter}/$video-invite`, { role: 'guest', name: 'Gus' });
  const code = new URL(invited.value('link')).hash.slice(1);
  const guest = await exchangeCode(context(), 1, code, '203.0.113.7');
  if (!guest.ok) throw new Error('no guest');
  const joined = await guestJoin(context(), 1, guest.value.secret, '203.0.113.7', new Map());
  if (!joined.ok) throw new Error('no way in');
  sockets.push(await openSocket(joined.value.socket, joined.value.token));
  expect((await admit(guest.value.participant.id)).status).toBe(200);
  sockets[0]?.say({ type: 'chat', text: 'Good morning' });
  await sockets[1]?.next('chat');

  const visit = await findVisit(server.database, 1, 'encounter', encounter);
  if (!visit) throw new Error('no visit');
  await agree(context(), visit, guest.value.participant.id, true);
  await ask(server, 'patient', `Encounter/${encounter}/$video-consent`, { action: 'give' });
  const started = await ask(server, 'doctor', `Encounter/${encounter}/$video-record`, { action: 'start' });
  expect(started.status).toBe(200);
  const bytes = Buffer.from('film');
  const [recording, contentType] = [started.value('recording'), 'video/webm'];
  const piece = { visit: visit.id, recording, participant: doctor.id, n: 0, bytes, contentType };
  expect((await takeChunk(context(), 1, piece)).ok).toBe(true);
  expect((await ask(server, 'doctor', `Encounter/${encounter}/$video-end`)).status).toBe(200);
  await expect
    .poll(async () => {
      await runDueJobs(context(), Date.now() + 20_000, recordingJobsOf(new Map()));
      const found = await server.fetch(`DocumentReference?encounter=Encounter/${encounter}`);
      return ((await found.json()) as Bundle).entry?.length ?? 0;
    })
    .toBe(1);
  const found = (await (await server.fetch(`DocumentReference?encounter=Encounter/${encounter}`)).json()) as Bundle;
  const document = found.entry?.[0]?.resource?.id;
  const link = await ask(server, 'patient', `DocumentReference/${document}/$video-recording-link`);
  const linkCode = link.value('url').split('/').at(-1) ?? '';
  expect((await playRecording(context(), 1, linkCode, '')).ok).toBe(true);

  const hello = await sockets[1]?.next('hello');
  const room = visit.room.split('.').at(-1) ?? visit.room;
  const secrets: Record<string, string> = {
    room,
    'the code of the invitation': code,
    'the secret of the guest': guest.value.secret,
    'the token of the patient': patient.token,
    'the token of the host': doctor.token,
    'the token of the guest': joined.value.token,
    'the code of the recording': linkCode,
    'what a host is by': hello?.self.id ?? '',
  };
  const everything = await stored();
  expect(everything).toContain('Good morning');
  for (const [name, secret] of Object.entries(secrets)) {
    expect(secret.length, name).toBeGreaterThan(15);
    expect(everything.includes(secret), `${name} is stored`).toBe(false);
    expect(log.includes(secret), `${name} is in the log`).toBe(false);
    const signature = secret.split('.').at(-1) ?? secret;
    expect(everything.includes(signature) || log.includes(signature), name).toBe(false);
  }
  expect(everything).not.toMatch(/sessionKey|"eyJ/);
  for (const { ws } of sockets) ws.close();
});

test('V-18 what is written in a visit is kept as text to the letter, and what is too long or no text is not taken', async () => {
  const encounter = await openVisit(server, await makeAppointment(server, 'written'));
  const patient = await enter(server, 'patient', encounter);
  const doctor = await enter(server, 'doctor', encounter);
  await ask(server, 'doctor', `Encounter/${encounter}/$video-admit`, { participant: patient.id, confirmed: 'shown' });
  await patient.next('self', ({ self }) => self.state === 'admitted');
  const text = `<img src=x onerror="alert(1)"><script>alert('1')</script>&amp; 'quoted' \u202e`.trim();
  patient.say({ type: 'chat', text });
  expect((await doctor.next('chat')).text).toBe(text);
  patient.say({ type: 'chat', text: 'x'.repeat(2001) });
  patient.ws.send(JSON.stringify({ type: 'chat', text: { html: '<b>' } }));
  patient.say({ type: 'chat', text: 'a\u0000b\u0007c' });
  await doctor.next('chat', (one) => one.text.startsWith('a'));
  const answer = await server.fetch(`Communication?encounter=Encounter/${encounter}&_sort=sent`, {
    headers: { authorization: `Bearer ${await tokenOf(server, 'patient')}` },
  });
  const kept = ((await answer.json()) as Bundle<Communication>).entry ?? [];
  expect(kept.map(({ resource }) => resource?.payload?.[0]?.contentString)).toEqual([text, 'abc']);
  for (const { resource } of kept) {
    expect(resource?.text).toBeUndefined();
    expect(
      context()
        .validate(resource)
        .filter(({ severity }) => severity === 'error'),
    ).toEqual([]);
  }
});
