import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { RTCPeerConnection } from 'werift';

import { createP2p, turnCredentials } from '../../src/video/providers/p2p.ts';
import type { Media, Role } from '../../src/video/signalling/messages.ts';
import type { Visit } from '../../src/video/visits/visit.ts';
import { type Coturn, hasCoturn, startCoturn } from '../support/coturn.ts';
import { freePort } from '../support/server.ts';
import { createTurnClient, type TurnClient, type TurnName } from '../support/turn-client.ts';

const canRelay = hasCoturn('the relay of visits by video and what it refuses');

const [PORT, SECOND, THIRD] = [await freePort(), await freePort(), await freePort()];
const visit = { room: '1.room' } as Visit; // of a visit the provider between browsers asks nothing

/** The number that the relay answers to who asks for a place, and who asks. */
async function allocate(name: TurnName, port = PORT): Promise<{ status: number; client: TurnClient }> {
  const client = await createTurnClient(port);
  onTestFinished(() => client.close());
  return { status: await client.allocate(name), client };
}

describe.skipIf(!canRelay)('the relay with the configuration that README hands out', () => {
  let coturn: Coturn;
  beforeAll(async () => {
    coturn = await startCoturn({ port: PORT, isOpen: false });
  });
  afterAll(() => coturn.stop());

  const provider = (now: () => number = Date.now) => createP2p({ urls: [coturn.url], secret: coturn.secret }, now);
  async function nameFor(id: string, role: Role = 'patient', now?: () => number): Promise<TurnName> {
    const media = await provider(now).issueJoin(visit, { id, role, name: 'Ana' });
    const [server] = media.provider === 'p2p' ? media.iceServers : [];
    return { username: server?.username ?? '', credential: server?.credential ?? '' };
  }

  test('V-13 what somebody gets who was let in opens the relay', async () => {
    expect((await allocate(await nameFor('somebody'))).status).toBe(200);
  });

  test('V-13 credentials end after two minutes', async () => {
    const early = await nameFor('somebody', 'patient', () => Date.now() - 125_000);
    expect((await allocate(early)).status).toBe(401);
    const still = await nameFor('somebody', 'patient', () => Date.now() - 110_000);
    expect((await allocate(still)).status).toBe(200);
  });

  test.each([
    [
      'a later end',
      (name: TurnName) => ({ ...name, username: name.username.replace(/^\d+/, (end) => `${Number(end) + 60}`) }),
    ],
    ['another participant', (name: TurnName) => ({ ...name, username: `${name.username}x` })],
    [
      'another secret',
      ({ username }: TurnName) => ({ username, credential: turnCredentials('guess', 'a', 0).credential }),
    ],
    ['no password', ({ username }: TurnName) => ({ username, credential: '' })],
  ])('V-13 credentials with %s open no relay', async (_what, forged) => {
    expect((await allocate(forged(await nameFor('somebody')))).status).toBe(401);
  });

  test.each([
    '10.0.0.1',
    '10.255.255.255',
    '100.64.0.1',
    '127.0.0.1',
    '127.8.8.8',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '192.0.2.1',
    '198.18.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
  ])('V-13 the relay hands nothing on to %s, which is inside', async (address) => {
    const { client } = await allocate(await nameFor(`inside-${address}`));
    expect(await client.permit(address)).toBe(403);
  });

  test.each(['8.8.8.8', '11.0.0.1', '172.32.0.1', '192.169.0.1'])(
    'the relay hands on to %s, which is outside',
    async (address) => {
      const { client } = await allocate(await nameFor(`outside-${address}`));
      expect(await client.permit(address)).toBe(200);
    },
  );
});

test.skipIf(!canRelay)('V-13 one name has so many places at the relay and no more', async () => {
  // Of its own: the ports of places that were given back are used again later.
  const { secret, stop } = await startCoturn({ port: THIRD, isOpen: false });
  onTestFinished(stop);
  const name = turnCredentials(secret, 'many', Date.now());
  const all: number[] = [];
  for (let n = 0; n < 26; n += 1) all.push((await allocate(name, THIRD)).status);
  expect(all).toEqual([...Array(24).fill(200), 486, 486]);
});

describe.skipIf(!canRelay)('browsers that meet at a relay', () => {
  let coturn: Coturn;
  beforeAll(async () => {
    // A nonce of 2 s: who is in is asked for their name again soon.
    coturn = await startCoturn({ port: SECOND, more: ['--stale-nonce=2'] });
  });
  afterAll(() => coturn.stop());

  const mediaOf = (id: string, role: Role): Promise<Media> =>
    createP2p({ urls: [coturn.url], secret: coturn.secret }, Date.now).issueJoin(visit, { id, role, name: id });

  async function browser(id: string, role: Role): Promise<RTCPeerConnection> {
    const media = await mediaOf(id, role);
    if (media.provider !== 'p2p') throw new Error('another provider');
    const iceServers = media.iceServers.map(({ urls, ...rest }) => ({ urls: urls[0] ?? '', ...rest }));
    const peer = new RTCPeerConnection({ iceServers, iceTransportPolicy: media.relayOnly ? 'relay' : 'all' });
    onTestFinished(() => peer.close());
    return peer;
  }

  test('V-11 two who are relayed alone hear each other, and neither says where they are', async () => {
    const [patient, companion] = [await browser('patient', 'patient'), await browser('companion', 'companion')];
    const channel = patient.createDataChannel('said');
    const heard = new Promise<string>((resolve) => {
      companion.onDataChannel.subscribe((other) => other.onMessage.subscribe((said) => resolve(String(said))));
    });
    await patient.setLocalDescription(await patient.createOffer());
    await gathered(patient);
    const offer = described(patient);
    await companion.setRemoteDescription(offer);
    await companion.setLocalDescription(await companion.createAnswer());
    await gathered(companion);
    const answer = described(companion);
    await patient.setRemoteDescription(answer);
    const open = new Promise<void>((resolve) => {
      channel.stateChanged.subscribe((state) => state === 'open' && resolve());
    });
    if (channel.readyState !== 'open') await open;
    channel.send('good morning');
    expect(await heard).toBe('good morning');
    const candidates = `${offer.sdp}${answer.sdp}`.split(/\r?\n/).filter((line) => line.startsWith('a=candidate'));
    expect(candidates.length).toBeGreaterThanOrEqual(2);
    expect(candidates.filter((line) => !/ typ relay/.test(line))).toEqual([]);
  }, 45_000);

  test('who is in goes on when the credentials have ended', async () => {
    const name = turnCredentials(coturn.secret, 'in', Date.now() - 117_500);
    const { client, status } = await allocate(name, SECOND);
    expect(status).toBe(200);
    await sleep(4500);
    expect(await client.permit('127.0.0.1')).toBe(200);
    expect((await allocate(name, SECOND)).status).toBe(401);
  });
});

async function gathered(peer: RTCPeerConnection): Promise<void> {
  while (peer.iceGatheringState !== 'complete') await sleep(20);
}

function described(peer: RTCPeerConnection) {
  const { localDescription } = peer;
  if (!localDescription) throw new Error('nothing is described');
  return localDescription;
}
