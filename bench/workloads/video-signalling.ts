import { setTimeout as sleep } from 'node:timers/promises';

import { makeVisits, type Opened, openSockets } from '../data/visits.ts';
import { processorSeconds, residentMegabytes } from '../run/processes.ts';
import { round, type Workload } from './workload.ts';

const none = { floor: null, ratio: null, p50_ms: null, p99_ms: null };
const noProc = { skipped: 'needs /proc' };

async function leave(opened: readonly Opened[]): Promise<void> {
  for (const { socket } of opened) socket.terminate();
  // What the server writes down of it must not be counted to what is measured next.
  await sleep(Math.min(15_000, 1000 + opened.length * 2));
}

export const joins: Workload = {
  name: 'video-join',
  about: 'a socket of a visit is opened and greeted, first time of each: processor time of the server; 2 ms at most',
  target: { most: 2 },
  async measure(bench) {
    const server = await bench.server();
    const count = bench.options.quick ? 100 : 500;
    // What is compiled when it runs first is no cost of a join.
    await leave(await openSockets(server, await makeVisits(server, 'warm', 100, false)));
    const places = await makeVisits(server, 'join', count, false);
    const [before, begun] = [processorSeconds(server.pid), performance.now()];
    const opened = await openSockets(server, places);
    await sleep(500);
    const after = processorSeconds(server.pid);
    await leave(opened);
    if (before === null || after === null) return noProc;
    const value = round(((after - before) * 1000) / places.length);
    const rate = Math.round((places.length * 1000) / (performance.now() - begun));
    return { measure: { value, unit: 'ms/join', ...none }, notes: [`${places.length} joins, 50 at once, ${rate}/s`] };
  },
};

/** Each says so many within a second: more would be too much. */
const PER_SECOND = 50;
const candidate = `candidate:1 1 udp 2122260223 203.0.113.7 61234 typ host generation 0 ufrag ${'x'.repeat(80)}`;

export const messages: Workload = {
  name: 'video-message',
  about: 'what one browser says to another goes through one process, 200 bytes: its processor time; 60 µs at most',
  target: { most: 60 },
  async measure(bench) {
    const server = await bench.server();
    const opened = await openSockets(server, await makeVisits(server, 'message', 100, true));
    let heard = 0;
    for (const { socket } of opened)
      socket.on('message', (data) => {
        if (String(data).startsWith('{"type":"ice"')) heard++;
      });
    const turn = async (seconds: number): Promise<void> => {
      for (let tick = 0; tick < seconds * 10; tick++) {
        for (const { socket, visit, role } of opened) {
          const to = `${visit}-${role === 'host' ? 'patient' : 'host'}`;
          for (let n = 0; n < PER_SECOND / 10; n++)
            socket.send(JSON.stringify({ type: 'ice', to, candidate: { candidate, sdpMid: '0', sdpMLineIndex: 0 } }));
        }
        await sleep(100);
      }
    };
    await turn(2);
    await sleep(500);
    heard = 0;
    const before = processorSeconds(server.pid);
    await turn(Math.max(3, bench.options.seconds * 2));
    await sleep(500);
    const after = processorSeconds(server.pid);
    await leave(opened);
    if (before === null || after === null) return noProc;
    const value = round(((after - before) * 1_000_000) / heard);
    const notes = [`${heard} messages among ${opened.length} sockets`];
    return { measure: { value, unit: 'µs/message', ...none }, notes };
  },
};

/** Sockets that the target speaks of, and that a quick run has. */
const ALL = 10_000;
const FEW = 1000;

export const idle: Workload = {
  name: 'video-idle',
  about: '10,000 sockets of visits that say nothing: memory of the server beyond what it had; 300 MB at most',
  target: { most: 300 },
  async measure(bench) {
    const server = await bench.freshServer();
    const count = bench.options.quick ? FEW : ALL;
    await leave(await openSockets(server, await makeVisits(server, 'warm', 100, true)));
    const before = residentMegabytes(server.pid);
    const opened = await openSockets(server, await makeVisits(server, 'idle', count / 2, true));
    // Long enough to be asked whether they are there.
    await sleep(25_000);
    const after = residentMegabytes(server.pid);
    const there = opened.filter(({ socket }) => socket.readyState === socket.OPEN).length;
    await leave(opened.slice(0, 1));
    for (const { socket } of opened) socket.terminate();
    await bench.freshServer();
    if (there < count) throw new Error(`${count - there} of ${count} sockets were closed`);
    if (before === null || after === null) return noProc;
    const value = round(((after - before) * ALL) / count);
    const notes = [`${count} sockets: ${before} MB before, ${after} MB with them`];
    return { measure: { value, unit: 'MB', ...none }, notes };
  },
};
