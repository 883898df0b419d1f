import type { Browser, BrowserContext, Page } from 'playwright-core';

import { turnCredentials } from '../../src/video/providers/p2p.ts';
import type { Media } from '../../src/video/signalling/messages.ts';
import { fakeDevices, hasChromium, openChromium } from '../../test/support/chromium.ts';
import { type Coturn, hasCoturn, startCoturn } from '../../test/support/coturn.ts';
import { createMediaWorld } from '../../test/support/media-world.ts';
import type { Workload } from './workload.ts';

const pagePort = 9230;
const relayPort = 9231;
const direct: Media = { provider: 'p2p', iceServers: [], relayOnly: false };

type Pair = { second: Page; frameMs: number };

/** One in the visit, and another who comes; ms from when the other is about to open a socket to their first frame. */
async function meet<T>(browser: Browser, media: Media, then: (pair: Pair) => Promise<T>): Promise<T> {
  const world = createMediaWorld({ port: pagePort, media });
  await world.listen();
  const contexts = [await browser.newContext(), await browser.newContext()] as const;
  const enter = async (context: BrowserContext, id: string, until: string): Promise<Page> => {
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    await page.goto(world.url(id));
    await page.waitForFunction(until);
    return page;
  };
  try {
    await enter(contexts[0], 'first', 'globalThis.room?.state.phase === "live"');
    const second = await enter(contexts[1], 'second', 'globalThis.seen?.first > 0');
    return await then({ second, frameMs: Number(await second.evaluate('seen.first - seen.opened')) });
  } finally {
    for (const context of contexts) await context.close();
    await world.down();
  }
}

const p95 = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.95) - 1] ?? 0;
};

async function firstFrames(
  browser: Browser,
  media: () => Media,
  rounds: number,
  before = async (): Promise<void> => {},
) {
  const all: number[] = [];
  for (let i = 0; i < rounds; i++) {
    await before();
    all.push(await meet(browser, media(), async ({ frameMs }) => frameMs));
  }
  const sorted = [...all].sort((a, b) => a - b);
  return { p50: sorted[sorted.length >> 1] ?? 0, p95: p95(all) };
}

/** ms from when a relay that died is back to pictures that go on. */
const recovery = (browser: Browser, media: Media, { kill, start }: Coturn) =>
  meet(browser, media, async ({ second }) => {
    await second.waitForFunction('room.state.quality !== "unknown"');
    const killed = performance.now();
    await kill();
    await second.waitForFunction('room.state.peers[0]?.connection === "lost"');
    const noticed = performance.now() - killed;
    await start();
    const back = performance.now();
    const frames = Number(await second.evaluate('seen.frames("first")'));
    await second.waitForFunction(`seen.frames("first") > ${frames}`);
    return { noticed, restored: performance.now() - back };
  });

const measureOf = (workload: string, { p50, p95: value }: { p50: number; p95: number }, rounds: number) => ({
  measure: { value: Math.round(value), unit: 'ms', floor: null, ratio: null, p50_ms: Math.round(p50), p99_ms: null },
  notes: [
    `${workload}: p95 of ${rounds}, with one Chromium that has both pages and a server of sockets that lets all in`,
  ],
});

const untested = 'how fast the first picture of a visit comes';
const roundsOf = (quick: boolean): number => (quick ? 3 : 20);

export const firstFrame: Workload = {
  name: 'video-first-frame',
  about: 'two browsers: from before the socket of one is open to the first frame of the other, p95; 1.5 s at most',
  target: { most: 1500 },
  async measure(bench) {
    if (!hasChromium(untested)) return { skipped: 'there is no Chromium here' };
    const rounds = roundsOf(bench.options.rounds === 1);
    const browser = await openChromium(fakeDevices);
    try {
      return measureOf('directly', await firstFrames(browser, () => direct, rounds), rounds);
    } finally {
      await browser.close();
    }
  },
};

export const firstFrameRelayed: Workload = {
  name: 'video-first-frame-relay',
  about: 'the same through coturn alone; 2.5 s at most',
  target: { most: 2500 },
  async measure(bench) {
    if (!hasChromium(untested) || !hasCoturn(untested)) return { skipped: 'there is no Chromium or no coturn here' };
    const rounds = roundsOf(bench.options.rounds === 1);
    const [browser, relay] = await Promise.all([openChromium(fakeDevices), startCoturn({ port: relayPort })]);
    const media = (): Media => ({
      provider: 'p2p',
      iceServers: [{ urls: [relay.url], ...turnCredentials(relay.secret, 'bench', Date.now()) }],
      relayOnly: true,
    });
    // A relay keeps what was asked of it for ten minutes, and has few ports.
    const anew = async (): Promise<void> => {
      await relay.kill();
      await relay.start();
    };
    try {
      const { measure, notes } = measureOf('by a relay', await firstFrames(browser, media, rounds, anew), rounds);
      await anew();
      const { noticed, restored } = await recovery(browser, media(), relay);
      const lost = `a dead relay was noticed after ${Math.round(noticed)} ms; pictures went on ${Math.round(restored)} ms after it was back (8 s at most)`;
      return { measure, notes: [...notes, lost] };
    } finally {
      await browser.close();
      await relay.stop();
    }
  },
};
