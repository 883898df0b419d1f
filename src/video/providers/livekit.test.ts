import { buffer } from 'node:stream/consumers';
import { TokenVerifier } from 'livekit-server-sdk';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { type Bucket, startBucket } from '../../../test/support/bucket-stand-in.ts';
import { type LiveKit, startLiveKit } from '../../../test/support/livekit-stand-in.ts';
import type { Visit } from '../visits/visit.ts';
import { createLiveKit } from './livekit.ts';
import type { VideoProvider } from './provider.ts';

const visit = { tenant: 1, id: 'v1', encounter: 'e1', patient: 'vera', room: '1.a-random-room' } as Visit; // what it looks at
const ana = { id: 'random-id', role: 'host', name: 'Dr Ana Sol' } as const;

let livekit: LiveKit;
let bucket: Bucket;
let provider: VideoProvider;

beforeAll(async () => {
  livekit = await startLiveKit();
  bucket = await startBucket();
  const { url, key, secret } = livekit;
  const place = { bucket: 'files', prefix: 'portico/', region: 'us-east-1', endpoint: bucket.endpoint };
  provider = createLiveKit({ url, key, secret }, place);
});
afterAll(async () => {
  await livekit.close();
  await bucket.close();
});
beforeEach(() => {
  livekit.asked.length = 0;
  livekit.rooms.clear();
  livekit.isDown = false;
});

const methods = (): string[] => livekit.asked.map(({ method }) => method);

describe('the way into a room', () => {
  async function claims() {
    const media = await provider.issueJoin(visit, ana);
    if (media.provider !== 'livekit') throw new Error('another provider');
    expect(media.url).toBe(livekit.url.replace('http', 'ws'));
    return new TokenVerifier(livekit.key, livekit.secret).verify(media.token);
  }

  test('it opens this room for two minutes, to see and to be seen, and nothing else', async () => {
    const { exp = 0, nbf = 0, iss, ...rest } = await claims();
    expect(exp - nbf).toBeLessThanOrEqual(120);
    expect(rest).toEqual({
      sub: ana.id,
      video: {
        roomJoin: true,
        room: visit.room,
        canSubscribe: true,
        canPublish: true,
        canPublishSources: ['camera', 'microphone', 'screen_share', 'screen_share_audio'],
        canPublishData: false,
        canUpdateOwnMetadata: false,
      },
    });
  });

  test('nobody may record, rule a room or make one by it, and it says nobody’s name', async () => {
    const { video, ...rest } = await claims();
    for (const grant of ['roomRecord', 'roomAdmin', 'roomCreate', 'roomList', 'ingressAdmin', 'hidden', 'recorder'])
      expect(video).not.toHaveProperty(grant);
    expect(JSON.stringify(rest)).not.toContain('Sol');
  });

  test('the room is there before anybody may come, and made once', async () => {
    expect(await provider.ensureRoom(visit)).toEqual({ ok: true, value: null });
    livekit.rooms.get(visit.room)?.add('somebody');
    await claims();
    expect(livekit.rooms.get(visit.room)).toEqual(new Set(['somebody']));
    expect(livekit.asked[0]?.body).toMatchObject({ name: visit.room, maxParticipants: 20 });
    expect(JSON.stringify(livekit.asked)).not.toMatch(/vera|e1|v1|Sol/);
  });

  test('without the media server a visit is told so', async () => {
    livekit.isDown = true;
    expect(await provider.ensureRoom(visit)).toMatchObject({ ok: false, status: 503 });
    expect(await provider.health()).toMatchObject({ ok: false });
    livekit.isDown = false;
    expect(await provider.health()).toMatchObject({ ok: true });
  });
});

describe('the way out of a room', () => {
  test('who is sent away is out, and that may be asked again', async () => {
    await provider.ensureRoom(visit);
    livekit.rooms.get(visit.room)?.add(ana.id).add('other');
    await provider.remove(visit, ana.id);
    await provider.remove(visit, ana.id);
    expect(livekit.rooms.get(visit.room)).toEqual(new Set(['other']));
  });

  test('a room that has ended is gone, and that may be asked again', async () => {
    await provider.ensureRoom(visit);
    await provider.end(visit);
    await provider.end(visit);
    expect(livekit.rooms.size).toBe(0);
    await provider.remove(visit, ana.id);
    expect(methods()).not.toContain('RoomService/UpdateParticipant');
  });

  test('who cannot be sent away is not taken for gone', async () => {
    livekit.isDown = true;
    await expect(provider.remove(visit, ana.id)).rejects.toThrow();
    await expect(provider.end(visit)).rejects.toThrow();
  });
});

describe('a recording by the media server', () => {
  test('goes to where our files are, under a name of ours, and no key goes with it', async () => {
    await provider.ensureRoom(visit);
    const begun = await provider.startRecording?.(visit, 'recording-1');
    expect(begun).toMatchObject({ ok: true, value: 'EG_0' });
    const { body } = livekit.asked.at(-1) ?? {};
    expect(body).toEqual({
      roomName: visit.room,
      layout: 'grid',
      fileOutputs: [
        {
          fileType: 'MP4',
          filepath: 'portico/egress/recording-1.mp4',
          disableManifest: true,
          s3: { bucket: 'files', region: 'us-east-1', endpoint: bucket.endpoint, forcePathStyle: true },
        },
      ],
    });
    expect(JSON.stringify(body)).not.toMatch(/accessKey|secret|sessionToken/);
    await provider.stopRecording?.(visit, 'EG_0');
    await provider.stopRecording?.(visit, 'EG_0');
  });

  test('cannot begin where there is no room', async () => {
    expect(await provider.startRecording?.(visit, 'recording-2')).toMatchObject({ ok: false, status: 503 });
  });

  test('is read where it was put, and then deleted there', async () => {
    const location = 'portico/egress/recording-1.mp4';
    bucket.objects.set(`files/${location}`, Buffer.from('a film'));
    const stream = await provider.openRecording?.(location);
    expect(stream && String(await buffer(stream))).toBe('a film');
    await provider.dropRecording?.(location);
    expect(await provider.openRecording?.(location)).toBeNull();
  });

  test('is made by the browser of a host where there is no bucket', () => {
    const { url, key, secret } = livekit;
    const without = createLiveKit({ url, key, secret }, null);
    expect(without.caps.serverRecording).toBe(false);
    expect(without.startRecording).toBeUndefined();
  });
});
