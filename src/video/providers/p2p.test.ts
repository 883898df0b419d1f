import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';

import type { Role } from '../signalling/messages.ts';
import type { Visit } from '../visits/visit.ts';
import { createP2p, type TurnSettings } from './p2p.ts';

const visit = { room: '1.room' } as Visit; // of a visit it asks nothing
const now = Date.parse('2026-03-01T10:00:00.700Z');
const relay = 'turn:relay.example:3478?transport=udp';
const issue = (turn: TurnSettings | null, role: Role) =>
  createP2p(turn, () => now).issueJoin(visit, { id: 'random-id', role, name: 'Vera Lind' });

describe('the way to each other', () => {
  test('a relay knows one by an end two minutes from now and a random id, and by no name', async () => {
    const media = await issue({ urls: [relay], secret: 'shared' }, 'patient');
    const username = `${Date.parse('2026-03-01T10:02:00Z') / 1000}:random-id`;
    const credential = createHmac('sha1', 'shared').update(username).digest('base64');
    expect(media).toEqual({
      provider: 'p2p',
      iceServers: [{ urls: [relay], username, credential }],
      relayOnly: true,
    });
  });

  test.each<[Role, boolean]>([
    ['patient', true],
    ['companion', true],
    ['interpreter', true],
    ['guest', true],
    ['host', false],
    ['colleague', false],
  ])('with a relay a %s is relayed alone: %s', async (role, relayOnly) => {
    expect(await issue({ urls: [relay], secret: 'shared' }, role)).toMatchObject({ relayOnly });
  });

  test('without a relay all meet directly, or not at all', async () => {
    expect(await issue(null, 'patient')).toEqual({ provider: 'p2p', iceServers: [], relayOnly: false });
    const urls = ['stun:stun.example:3478'];
    expect(await issue({ urls, secret: null }, 'patient')).toMatchObject({ iceServers: [{ urls }], relayOnly: false });
  });

  test('a server that tells one’s own address gets no credentials', async () => {
    const media = await issue({ urls: ['stun:stun.example:3478', relay], secret: 'shared' }, 'host');
    expect(media).toMatchObject({ iceServers: [{ urls: ['stun:stun.example:3478'] }, { urls: [relay] }] });
    expect(media.provider === 'p2p' && media.iceServers[0]).not.toHaveProperty('credential');
  });
});
