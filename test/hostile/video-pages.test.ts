import type { OperationOutcome } from '@medplum/fhirtypes';
import { afterAll, beforeAll, expect, test } from 'vitest';

import type { VisitPage } from '../../src/video/pages/visit-page.ts';
import type { Server } from '../support/server.ts';
import { openAs } from '../support/signed-in.ts';
import { startSmartWorld } from '../support/smart-world.ts';
import { booked, doctor, patient } from '../support/visit-pages.ts';

let server: Server;

beforeAll(async () => {
  server = await startSmartWorld();
}, 120_000);

afterAll(async () => {
  await server?.close();
});

type Somebody = {
  page: VisitPage;
  send(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
};

/** Somebody with the page of a visit before them. */
async function opened(username: string, path: string): Promise<Somebody> {
  const { browser, page } = await openAs(server, username, path);
  const [, text = '{}'] = /data-visit="([^"]*)"/.exec(page.html) ?? [];
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  return {
    page: JSON.parse(text.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&')) as VisitPage,
    send: (at, body, headers = {}) =>
      fetch(`${server.origin}${at}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', cookie, ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
  };
}

const saidBy = async (answer: Response): Promise<string> =>
  ((await answer.json()) as OperationOutcome).issue[0]?.diagnostics ?? '';

test('what does not come from a page of ours is not done, whoever is signed in', async () => {
  const { page, send } = await opened(patient, await booked(server, 'csrf', 0));
  const open = { type: 'Appointment', id: 'csrf', operation: 'video-open' };
  expect((await send('/video/do', open)).status).toBe(403);
  expect((await send('/video/do', { ...open, csrf: 'x' })).status).toBe(403);
  // As a form of another site could send it.
  const form = new URLSearchParams({ ...open }).toString();
  expect((await send('/video/do', form, { 'content-type': 'application/x-www-form-urlencoded' })).status).toBe(403);
  expect((await send('/video/do', JSON.stringify(open), { 'content-type': 'text/plain' })).status).toBe(403);
  const answer = await send('/video/do', { ...open, csrf: page.csrf });
  expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
});

test('a page asks for what visits need and for nothing else', async () => {
  const { page, send } = await opened(patient, await booked(server, 'list', 0));
  const ask = (sent: object): Promise<Response> => send('/video/do', { ...sent, csrf: page.csrf });
  for (const sent of [
    { type: 'Patient', id: patient, operation: 'everything' },
    { type: 'Encounter', id: '1', operation: 'everything' },
    { type: 'Encounter', id: '../Patient/1', operation: 'video-join' },
    { type: 'Observation', operation: 'create', parameters: { resourceType: 'Patient', encounter: {} } },
    { type: 'Observation', operation: 'create', parameters: { resourceType: 'Observation' } },
    { type: 'Consent', operation: 'create', parameters: { resourceType: 'Consent' } },
    { type: 'constructor', operation: 'name' },
  ]) {
    expect((await ask(sent)).status, JSON.stringify(sent)).toBe(400);
  }
  expect((await send('/video/do', '[]', { 'x-csrf': page.csrf })).status).toBe(400);
  expect((await send('/video/do', `"${'x'.repeat(70_000)}"`, { 'x-csrf': page.csrf })).status).toBe(413);
});

test('V-7 a page is a way to nothing that whoever has it open may not have', async () => {
  const own = await opened(patient, await booked(server, 'theirs', 0));
  const answer = await own.send('/video/do', {
    type: 'Appointment',
    id: 'theirs',
    operation: 'video-open',
    csrf: own.page.csrf,
  });
  const { parameter } = (await answer.json()) as { parameter: { valueReference?: { reference: string } }[] };
  const encounter = parameter[0]?.valueReference?.reference.split('/')[1] ?? '';
  const { send } = await opened('hiro-nakagawa', '/account');
  const other = await opened('dr-mei-castellane', '/account');
  // Neither has a page of a visit; the form of any page of theirs has the same proof.
  for (const one of [send, other.send]) expect((await one('/video/do', {})).status).toBe(403);

  // The patient lets nobody in, and ends nothing.
  for (const operation of ['video-admit', 'video-end', 'video-record']) {
    const refused = await own.send('/video/do', { type: 'Encounter', id: encounter, operation, csrf: own.page.csrf });
    expect([operation, refused.status]).toEqual([operation, 403]);
  }
  const measured = await own.send('/video/do', {
    type: 'Observation',
    operation: 'create',
    csrf: own.page.csrf,
    parameters: {
      resourceType: 'Observation',
      status: 'final',
      code: { text: 'Pulse' },
      subject: { reference: 'Patient/hiro-nakagawa' },
      encounter: { reference: `Encounter/${encounter}` },
      valueString: '1',
    },
  });
  expect([403, 404]).toContain(measured.status);

  const host = await opened(doctor, '/video/theirs');
  const piece = (path: string): Promise<Response> =>
    host.send(path, 'x', { 'content-type': 'video/webm', 'x-csrf': host.page.csrf });
  const unknown = await piece(`/video/${encounter}/recording/00000000-0000-7000-8000-000000000000/0`);
  expect([unknown.status, await saidBy(unknown)]).toEqual([404, 'There is no such recording']);
  expect((await piece('/video/none/recording/00000000-0000-7000-8000-000000000000/0')).status).toBe(404);
});

test('who is not signed in is told so by what scripts ask, and led to the sign-in by what people open', async () => {
  const path = await booked(server, 'nobody', 0);
  const page = await fetch(`${server.origin}${path}`, { redirect: 'manual' });
  expect([page.status, page.headers.get('location')]).toEqual([
    303,
    `/account/sign-in?next=${encodeURIComponent(path)}`,
  ]);
  const guest = await fetch(`${server.origin}/video/guest`);
  const cookie = guest.headers.get('set-cookie')?.split(';')[0] ?? '';
  const [, csrf = ''] = /&quot;csrf&quot;:&quot;([^&]*)&quot;/.exec(await guest.text()) ?? [];
  const send = (at: string, body: object): Promise<Response> =>
    fetch(`${server.origin}${at}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie },
      body: JSON.stringify({ ...body, csrf }),
    });
  expect((await send('/video/do', { type: 'Appointment', id: 'nobody', operation: 'video-open' })).status).toBe(401);
  // Whatever is no good is answered alike.
  const answers = await Promise.all([
    send('/video/guest/enter', { code: 'x' }),
    send('/video/guest/enter', { code: 'A'.repeat(22) }),
    send('/video/guest/join', {}),
    send('/video/guest/consent', { given: true }),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
  expect(new Set(await Promise.all(answers.map(saidBy))).size).toBe(1);
  expect((await send('/video/guest/enter', { code: 7 })).status).toBe(400);
});
