import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type * as check from '../../src/video/client/device-check.ts';
import type * as devices from '../../src/video/client/devices.ts';
import type { Room } from '../../src/video/client/room.ts';
import { turnCredentials } from '../../src/video/providers/p2p.ts';
import type { Media } from '../../src/video/signalling/messages.ts';
import { fakeDevices, hasChromium, openChromium } from '../support/chromium.ts';
import { type Coturn, hasCoturn, startCoturn } from '../support/coturn.ts';
import { createMediaWorld } from '../support/media-world.ts';
import { freePort } from '../support/server.ts';

/** What the page of the media world leaves in its window. */
declare global {
  var room: Room;
  var deviceCheck: typeof devices & typeof check;
  var seen: {
    phases: string[];
    events: { what: string; id: string; text?: string }[];
    chunks: { n: number; size: number; last: boolean; contentType: string }[];
    first: number | null;
    opened: number | null;
    asks: number;
    levels: Map<string, number>;
    frames(id: string): number;
  };
}

const direct: Media = { provider: 'p2p', iceServers: [], relayOnly: false };

/** What a patient gets where there is a relay; the others do not learn where they are. */
const relayed = ({ url, secret }: Coturn): Media => ({
  provider: 'p2p',
  iceServers: [{ urls: [url], ...turnCredentials(secret, 'anybody', Date.now()) }],
  relayOnly: true,
});

describe.skipIf(!hasChromium('the media of visits'))('the media of a visit', { timeout: 60_000, retry: 1 }, () => {
  let browser: Browser;
  let world: ReturnType<typeof createMediaWorld>;
  const pages: Page[] = [];

  beforeAll(async () => {
    browser = await openChromium([...fakeDevices, '--auto-select-desktop-capture-source=Visit']);
  });
  afterAll(async () => {
    await browser?.close();
  });
  afterEach(async () => {
    for (const page of pages.splice(0)) await page.context().close();
    await world.down();
  });

  async function begin(options: Partial<Parameters<typeof createMediaWorld>[0]> = {}): Promise<void> {
    world = createMediaWorld({ port: await freePort(), ...options });
    await world.listen();
  }

  async function enter(id: string): Promise<Page> {
    const page = await (await browser.newContext()).newPage();
    page.on('console', (line) => line.type() === 'warning' && console.log(id, line.text()));
    page.on('pageerror', (error) => console.log(id, error.message));
    pages.push(page);
    await page.goto(world.url(id));
    await page.waitForFunction(() => globalThis.room !== undefined);
    return page;
  }

  const seesMore = async (page: Page, id: string, more = 10): Promise<void> => {
    const from = await page.evaluate((one) => seen.frames(one), id);
    await page.waitForFunction(([one, least]) => seen.frames(String(one)) > Number(least), [id, from + more] as const, {
      timeout: 30_000,
    });
  };

  async function two(options: Parameters<typeof begin>[0] = {}): Promise<[Page, Page]> {
    await begin(options);
    const both: [Page, Page] = [await enter('anna'), await enter('bela')];
    await Promise.all([seesMore(both[0], 'bela'), seesMore(both[1], 'anna')]);
    return both;
  }

  const codeAt = (page: Page): Promise<string> =>
    page
      .waitForFunction(() => {
        const safety = room.state.peers[0]?.safety;
        return safety?.state === 'ready' || safety?.state === 'mismatch' ? JSON.stringify(safety) : null;
      })
      .then((handle) => handle.jsonValue())
      .then(String);

  test('V-12 two browsers see and hear each other, and read the same code', async () => {
    const [a, b] = await two();
    const [first, second] = [await codeAt(a), await codeAt(b)];
    expect(first).toMatch(/"\d{3} \d{3}"/);
    expect(second).toBe(first);
    await a.waitForFunction(() => (seen.levels.get('bela') ?? 0) > 0.01);
    await a.waitForFunction(() => (seen.levels.get('anna') ?? 0) > 0.01);
    await a.waitForFunction(() => room.state.peers[0]?.quality === 'good');
    expect(await a.evaluate(() => seen.events.filter(({ what }) => what === 'joined').length)).toBe(1);
  });

  test('V-12 a server that swaps fingerprints is found out, and sees nothing', async () => {
    const print = Array.from({ length: 32 }, () => 'AB').join(':');
    await begin({
      tamper: (message) =>
        message.type === 'desc'
          ? {
              ...message,
              description: {
                ...message.description,
                sdp: message.description.sdp.replace(/(fingerprint:sha-256 ).*?(\r)/g, `$1${print}$2`),
              },
            }
          : message,
    });
    const [a, b] = [await enter('anna'), await enter('bela')];
    // Who commits is told nothing more by who has seen through it; who answers sees it.
    expect(await codeAt(b)).toContain('mismatch');
    expect(await a.evaluate(() => room.state.peers[0]?.connection)).not.toBe('connected');
    expect(await a.evaluate(() => seen.frames('bela'))).toBe(0);
  });

  test('three see each other, and who leaves is gone at once', async () => {
    const [a, b] = await two();
    const c = await enter('cleo');
    await Promise.all([seesMore(a, 'cleo'), seesMore(b, 'cleo'), seesMore(c, 'anna'), seesMore(c, 'bela')]);
    await c.evaluate(() => room.leave());
    await a.waitForFunction(() => room.state.peers.length === 1, null, { timeout: 4000 });
    expect(await a.evaluate(() => seen.events.at(-1))).toMatchObject({ what: 'left', id: 'cleo' });
    expect(await c.evaluate(() => room.state.end)).toEqual({ why: 'left' });
    expect(await c.evaluate(() => room.state.localStream)).toBeNull();
    await seesMore(a, 'bela');
  });

  test('a server that goes away takes no picture with it, and is found again when it is back', async () => {
    const [a, b] = await two();
    const code = await codeAt(a);
    await world.down();
    await a.waitForFunction(() => room.state.line === 'recovering');
    await Promise.all([seesMore(a, 'bela', 40), seesMore(b, 'anna', 40)]);
    await world.listen();
    await Promise.all([a, b].map((page) => page.waitForFunction(() => room.state.line === 'ok')));
    await a.evaluate(() => room.say('back'));
    await b.waitForFunction(() => seen.events.some(({ what, text }) => what === 'chat' && text === 'back'));
    await Promise.all([seesMore(a, 'bela', 40), seesMore(b, 'anna', 40)]);
    expect(await codeAt(a)).toBe(code);
    expect(await a.evaluate(() => [seen.phases, seen.events.filter(({ what }) => what !== 'chat').length])).toEqual([
      ['connecting', 'live'],
      1,
    ]);
  });

  test('a page that is loaded anew is seen again', async () => {
    const [a, b] = await two();
    const code = await codeAt(a);
    await b.reload();
    await b.waitForFunction(() => globalThis.room !== undefined);
    await Promise.all([seesMore(b, 'anna'), seesMore(a, 'bela')]);
    await a.waitForFunction((old) => JSON.stringify(room.state.peers[0]?.safety) !== old, code);
    expect(await codeAt(a)).toBe(await codeAt(b));
  });

  test('who is put on hold has no media until they are taken back', async () => {
    const [a, b] = await two();
    const bela = { id: 'bela', role: 'guest', name: 'bela', present: true } as const;
    world.send('bela', { type: 'self', self: { ...bela, state: 'held' }, media: null, peers: [] });
    world.set('bela', { state: 'held' });
    await b.waitForFunction(() => room.state.phase === 'held' && room.state.peers.length === 0);
    expect(await a.evaluate(() => room.state.peers[0]?.state)).toBe('held');
    const anna = { id: 'anna', role: 'host', name: 'anna', state: 'admitted', present: true } as const;
    world.send('bela', { type: 'self', self: { ...bela, state: 'admitted' }, media: direct, peers: [anna] });
    world.set('bela', { state: 'admitted' });
    await b.waitForFunction(() => room.state.phase === 'live');
    await Promise.all([seesMore(a, 'bela'), seesMore(b, 'anna')]);
  });

  test('what is muted, off or shown in its place is told, and the camera is off when it says so', async () => {
    const [a, b] = await two();
    await a.evaluate(() => room.mute(true));
    await b.waitForFunction(() => room.state.peers[0]?.audio === false);
    await b.waitForFunction(() => (seen.levels.get('anna') ?? 0) === 0);
    expect(await a.evaluate(() => room.setCamera(false))).toBe(true);
    await b.waitForFunction(() => room.state.peers[0]?.video === false);
    expect(await a.evaluate(() => room.state.localStream?.getVideoTracks().length)).toBe(0);
    expect(await a.evaluate(() => room.setCamera(true))).toBe(true);
    await seesMore(b, 'anna');
    await a.evaluate(() => room.mute(false));
    await b.waitForFunction(() => (seen.levels.get('anna') ?? 0) > 0.01);
  });

  test('a screen is shown in place of the camera, until it is not', async () => {
    const [a, b] = await two();
    expect(await a.evaluate(() => room.share())).toBe(true);
    await b.waitForFunction(() => room.state.peers[0]?.sharing === true);
    await seesMore(b, 'anna', 2);
    await a.evaluate(() => room.stopSharing());
    await b.waitForFunction(() => room.state.peers[0]?.sharing === false && room.state.peers[0].video === true);
    await seesMore(b, 'anna');
  });

  test('who wants sound alone neither sends nor gets pictures, and has them again when they want', async () => {
    const [a, b] = await two();
    await a.evaluate(() => room.setAudioOnly(true));
    await b.waitForFunction(() => room.state.peers[0]?.video === false);
    await a.waitForTimeout(1000);
    const frames = await Promise.all([a.evaluate(() => seen.frames('bela')), b.evaluate(() => seen.frames('anna'))]);
    await a.waitForFunction(() => (seen.levels.get('bela') ?? 0) > 0.01);
    await a.waitForTimeout(1000);
    expect(await Promise.all([a.evaluate(() => seen.frames('bela')), b.evaluate(() => seen.frames('anna'))])).toEqual(
      frames,
    );
    await a.evaluate(() => room.setAudioOnly(false));
    await Promise.all([seesMore(a, 'bela'), seesMore(b, 'anna')]);
  });

  test('a browser records while it is told to, and sends what it has in order', async () => {
    const [a] = await two();
    const recording = { id: 'r1', recorder: 'anna' } as const;
    world.send('anna', { type: 'recording', recording: { state: 'recording', ...recording } });
    await a.waitForFunction(() => seen.chunks.length >= 2);
    world.send('anna', { type: 'recording', recording: { state: 'paused', ...recording, missing: ['cleo'] } });
    await a.waitForTimeout(2500);
    const paused = await a.evaluate(() => seen.chunks.length);
    await a.waitForTimeout(2500);
    expect(await a.evaluate(() => seen.chunks.length)).toBe(paused);
    world.send('anna', { type: 'recording', recording: { state: 'recording', ...recording } });
    await a.waitForFunction((before) => seen.chunks.length > before, paused);
    world.send('anna', { type: 'recording', recording: { state: 'off' } });
    await a.waitForFunction(() => seen.chunks.at(-1)?.last === true);
    const chunks = await a.evaluate(() => seen.chunks);
    expect(chunks.map(({ n }) => n)).toEqual(chunks.map((_, i) => i));
    expect(chunks.filter(({ last }) => last)).toHaveLength(1);
    expect(chunks[0]?.size).toBeGreaterThan(1000);
    expect(await a.evaluate(() => room.state.recorder)).toBeNull();
  });

  test('a media server that is not reached is tried again with what the server gives anew', async () => {
    await begin({ media: { provider: 'livekit', url: 'ws://127.0.0.1:9', token: 'none' } });
    const a = await enter('anna');
    await a.waitForFunction(() => seen.asks >= 3);
    expect(await a.evaluate(() => [room.state.phase, room.state.peers])).toEqual(['live', []]);
  });

  test('a device check opens what there is, hears the microphone and finds the way to the server', async () => {
    await begin();
    const a = await enter('anna');
    const found = await a.evaluate(async () => {
      const { openDevices, listDevices, closeStream, watchLevel, playTone, checkNetwork } = deviceCheck;
      const opened = await openDevices({ camera: true, microphone: true });
      if (!opened.ok) return opened;
      const level = await new Promise<number>((done) => {
        watchLevel(opened.stream, ({ heard }) => heard > 0.02 && done(heard));
      });
      const missing = await openDevices({ camera: 'no such camera', microphone: true });
      const kinds = opened.stream.getTracks().map(({ kind }) => kind);
      closeStream(opened.stream);
      const { cameras, microphones } = await listDevices();
      return {
        level,
        kinds,
        missing: missing.ok && [missing.without, missing.stream.getTracks().length],
        ended: opened.stream.getTracks().every(({ readyState }) => readyState === 'ended'),
        named: cameras.length > 0 && microphones.every(({ label }) => label !== ''),
        tone: await playTone(),
        network: await checkNetwork('/ask?id=x'),
      };
    });
    expect(found).toMatchObject({
      level: expect.any(Number),
      kinds: ['audio', 'video'],
      missing: [{ camera: 'absent', microphone: null }, 1],
      ended: true,
      named: true,
      tone: true,
      network: { quality: 'good', webrtc: true },
    });
  });

  describe.skipIf(!hasCoturn('media through a relay'))('through a relay alone', () => {
    let relay: Coturn;
    beforeAll(async () => {
      relay = await startCoturn({ port: await freePort() });
    });
    afterAll(async () => {
      await relay?.stop();
    });

    /** The kinds of addresses that a page has told the others. */
    const told = new Set<string>();

    test('V-11 browsers see each other, and neither tells the other an address of its own', async () => {
      told.clear();
      await two({
        media: relayed(relay),
        tamper(message) {
          const text = message.type === 'ice' ? (message.candidate?.candidate ?? '') : JSON.stringify(message);
          for (const [, kind = ''] of text.matchAll(/ typ (\w+)/g)) told.add(kind);
          return message;
        },
      });
      expect([...told]).toEqual(['relay']);
    });

    test('a relay that dies and comes back is used again within eight seconds', async () => {
      const [a, b] = await two({ media: relayed(relay) });
      await a.waitForFunction(() => room.state.quality === 'good');
      await relay.kill();
      const killed = Date.now();
      await a.waitForFunction(() => room.state.peers[0]?.connection === 'lost');
      const noticed = Date.now() - killed;
      await relay.start();
      const back = Date.now();
      await Promise.all([seesMore(a, 'bela'), seesMore(b, 'anna')]);
      const restored = Date.now() - back;
      console.log(`a dead relay was noticed after ${noticed} ms, and media restored ${restored} ms after it was back`);
      await a.waitForFunction(() => room.state.peers[0]?.connection === 'connected');
      expect(restored).toBeLessThan(8000);
    });
  });
});
