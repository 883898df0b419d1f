import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { createLiveKit } from '../../src/video/providers/livekit.ts';
import type { Visit } from '../../src/video/visits/visit.ts';
import { hasLiveKit, type LiveKitServer, startLiveKitServer } from '../support/livekit-server.ts';
import { freePort, type Server, startServer } from '../support/server.ts';

const canRun = hasLiveKit(
  'visits with LiveKit itself; what it is asked and what it tells is tried with its official SDK',
);

const PORT = await freePort();

describe.skipIf(!canRun)('LiveKit itself', () => {
  let server: Server;
  let livekit: LiveKitServer;

  beforeAll(async () => {
    const port = await freePort();
    livekit = await startLiveKitServer(PORT, `http://127.0.0.1:${port}/video/livekit`);
    server = await startServer({
      PORT: String(port),
      PORTICO_LIVEKIT_URL: livekit.url,
      PORTICO_LIVEKIT_KEY: livekit.key,
      PORTICO_LIVEKIT_SECRET: livekit.secret,
    });
  });
  afterAll(async () => {
    await server.close();
    await livekit.stop();
  });

  const provider = () => createLiveKit(livekit, null);
  const visit = { room: '1.a-random-room' } as Visit; // what is looked at of it

  /** The status with which LiveKit takes a token: https://docs.livekit.io/reference/internals/client-protocol */
  async function validated(): Promise<number> {
    const media = await provider().issueJoin(visit, { id: 'somebody', role: 'patient', name: 'Vera Lind' });
    return media.provider === 'livekit' ? statusOf(media.token) : 0;
  }
  const statusOf = async (token: string): Promise<number> =>
    (await fetch(`${livekit.url}/rtc/validate?access_token=${token}`)).status;

  test('it answers to its key', async () => {
    expect(await provider().health()).toMatchObject({ ok: true });
    expect(await createLiveKit({ ...livekit, key: 'APIother' }, null).health()).toMatchObject({ ok: false });
  });

  test('it takes the token of who was let in', async () => {
    expect(await validated()).toBe(200);
    await provider().remove(visit, 'nobody');
  });

  test('it has no room any more that was ended, whatever token one has, and tells us', async () => {
    const media = await provider().issueJoin(visit, { id: 'somebody', role: 'patient', name: 'Vera Lind' });
    if (media.provider !== 'livekit') throw new Error('another provider');
    await provider().end(visit);
    await provider().end(visit);
    expect(await statusOf(media.token)).toBe(404);
    const told = async (): Promise<number> => {
      const [row] = await server.database.query('select count(*)::int from video_event_seen where tenant = 1');
      return Number(row?.[0]);
    };
    await expect.poll(told, { timeout: 10_000 }).toBeGreaterThan(0);
  });
});
