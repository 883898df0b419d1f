import { expect, test } from 'vitest';

import type { Safety } from './room-state.ts';
import { createSafetyCheck, fingerprintOf } from './safety.ts';

type Message = { type: 'commit'; digest: string } | { type: 'reveal'; nonce: string };

/** One side, with what it said and what it shows. */
function side(self: string, peer: string) {
  const said: Message[] = [];
  const shown: Safety[] = [];
  const check = createSafetyCheck(
    self,
    peer,
    (message) => said.push(message),
    (safety) => shown.push(safety),
  );
  return { check, said, shown: () => shown.at(-1) };
}

type Side = ReturnType<typeof side>;

/** Hands on all that is said until nobody says more. */
async function exchange(a: Side, b: Side): Promise<void> {
  while (a.said.length + b.said.length > 0) {
    for (const message of a.said.splice(0)) await b.check.take(message);
    for (const message of b.said.splice(0)) await a.check.take(message);
  }
}

test('V-12 both sides show the same six digits when nobody is in between, whoever is ready first', async () => {
  for (const firstReady of ['anna', 'bela']) {
    const [a, b] = [side('anna', 'bela'), side('bela', 'anna')];
    if (firstReady === 'anna') await a.check.ready('sha-256 aa', 'sha-256 bb');
    for (const message of a.said.splice(0)) await b.check.take(message);
    await b.check.ready('sha-256 bb', 'sha-256 aa');
    await a.check.ready('sha-256 aa', 'sha-256 bb');
    await exchange(a, b);
    expect(a.shown()).toMatchObject({ state: 'ready', code: expect.stringMatching(/^\d{3} \d{3}$/) });
    expect(b.shown()).toEqual(a.shown());
  }
});

test('V-12 a server that talks to each side with fingerprints of its own makes them show different codes', async () => {
  const codes = new Set<unknown>();
  for (let i = 0; i < 20; i++) {
    const [a, toA] = [side('anna', 'bela'), side('bela', 'anna')];
    const [b, toB] = [side('bela', 'anna'), side('anna', 'bela')];
    await toA.check.ready('sha-256 ee', 'sha-256 aa');
    await a.check.ready('sha-256 aa', 'sha-256 ee');
    await exchange(a, toA);
    await b.check.ready('sha-256 bb', 'sha-256 ee');
    await toB.check.ready('sha-256 ee', 'sha-256 bb');
    await exchange(b, toB);
    expect([a.shown()?.state, b.shown()?.state]).toEqual(['ready', 'ready']);
    if (JSON.stringify(a.shown()) === JSON.stringify(b.shown())) codes.add(i);
  }
  expect(codes.size).toBe(0);
});

test('V-12 a server that only swaps fingerprints, or the nonce that was committed to, is seen', async () => {
  const [a, b] = [side('anna', 'bela'), side('bela', 'anna')];
  await b.check.ready('sha-256 bb', 'sha-256 ee');
  await a.check.ready('sha-256 aa', 'sha-256 ee');
  await exchange(a, b);
  expect(b.shown()).toEqual({ state: 'mismatch' });

  const [c, d] = [side('cleo', 'dora'), side('dora', 'cleo')];
  await c.check.ready('sha-256 cc', 'sha-256 dd');
  await d.check.ready('sha-256 dd', 'sha-256 cc');
  for (const message of c.said.splice(0)) await d.check.take(message);
  await d.check.take({ type: 'reveal', nonce: 'A'.repeat(43) });
  expect(d.shown()).toEqual({ state: 'mismatch' });
});

test('V-12 nobody has more than a few guesses: who is made to begin anew too often says that something is wrong', async () => {
  const b = side('bela', 'anna');
  await b.check.ready('sha-256 bb', 'sha-256 ee');
  for (let i = 0; i < 25; i++) await b.check.take({ type: 'commit', digest: String(i).repeat(43).slice(0, 43) });
  expect(b.shown()).toEqual({ state: 'mismatch' });
  expect(b.said).toHaveLength(20);
});

test('an answer to a commitment that is no more is not taken for that to another', async () => {
  const [a, b] = [side('anna', 'bela'), side('bela', 'anna')];
  await b.check.ready('sha-256 bb', 'sha-256 aa');
  await a.check.ready('sha-256 aa', 'sha-256 b0');
  for (const message of a.said.splice(0)) await b.check.take(message);
  await a.check.ready('sha-256 aa', 'sha-256 bb');
  await exchange(a, b);
  expect(a.shown()?.state).toBe('ready');
  expect(b.shown()).toEqual(a.shown());
});

test('a round that a lost socket cut short is begun anew', async () => {
  const [a, b] = [side('anna', 'bela'), side('bela', 'anna')];
  await a.check.ready('sha-256 aa', 'sha-256 bb');
  await b.check.ready('sha-256 bb', 'sha-256 aa');
  a.said.splice(0);
  await a.check.again();
  await exchange(a, b);
  expect(a.shown()?.state).toBe('ready');
  expect(b.shown()).toEqual(a.shown());
});

test.each([
  ['one for all of it', 'a=fingerprint:sha-256 AA:BB\r\na=x\r\na=fingerprint:sha-256 aa:bb\r\n', 'sha-256 aa:bb'],
  ['several, of which a browser may take any', 'a=fingerprint:sha-256 AA\r\na=fingerprint:sha-256 BB\r\n', null],
  ['a weaker one', 'a=fingerprint:sha-1 AA\r\n', null],
  ['none', 'v=0\r\n', null],
])('of a description with %s the fingerprint is read', (_, sdp, expected) => {
  expect(fingerprintOf(sdp)).toBe(expected);
});
