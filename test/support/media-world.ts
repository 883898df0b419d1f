import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

import { clientAssets, clientPath } from '../../src/video/pages/client.ts';
import type { FromClient, FromServer, Media, Peer, VisitShown } from '../../src/video/signalling/messages.ts';

export type MediaWorldOptions = {
  port: number;
  /** What everybody who is let in gets. */
  media?: Media;
  /** What becomes of a message on its way; null: nothing. */
  tamper?: (message: FromServer, to: string) => FromServer | null;
};

const visit: VisitShown = {
  state: 'live',
  provider: 'p2p',
  startsAt: '2026-01-01T10:00:00Z',
  endsAt: '2026-01-01T10:30:00Z',
  hardStop: '2026-01-01T11:00:00Z',
  callback: '+1 555 0100',
  chatKept: false,
};

/** A page with a room in `window.room`; `?id=` says who it is. Its pictures are shown, as browsers play only what is. */
const page = (room: string, library: string): string => `<!doctype html><title>Visit</title><body><script type="module">
import { createRoom } from '${room}';
import * as devices from '${room.replace('room.js', 'devices.js')}';
import * as check from '${room.replace('room.js', 'device-check.js')}';
const { openDevices } = devices;
window.deviceCheck = { ...devices, ...check };
const id = new URL(location).searchParams.get('id');
window.seen = { phases: [], events: [], chunks: [], first: null, opened: null, asks: 0, levels: new Map() };
const { stream } = await openDevices({ camera: true, microphone: true });
const room = createRoom({
  stream,
  livekit: '${library}',
  ask: async () => {
    const asked = await (await fetch('/ask?id=' + id)).json();
    seen.asks++;
    seen.opened ??= performance.now();
    return asked;
  },
  upload: async (chunk) => { seen.chunks.push({ ...chunk, size: chunk.bytes.size }); return true; },
});
window.room = room;
const videos = new Map();
room.on('change', (state) => {
  if (seen.phases.at(-1) !== state.phase) seen.phases.push(state.phase);
  for (const { id, stream } of state.peers) {
    const video = videos.get(id) ?? document.body.appendChild(document.createElement('video'));
    videos.set(id, video);
    if (stream === null || video.srcObject === stream) continue;
    video.autoplay = true; video.muted = true; video.srcObject = stream;
    video.requestVideoFrameCallback(() => { seen.first ??= performance.now(); });
  }
});
for (const name of ['joined', 'left', 'knocked', 'chat']) room.on(name, (value) => seen.events.push({ ...value, what: name }));
room.on('levels', (levels) => { seen.levels = levels; });
seen.frames = (id) => videos.get(id)?.getVideoPlaybackQuality().totalVideoFrames ?? 0;
room.start();
</script>`;

/** A server of pages and sockets that lets everybody in: what the media of browsers is tried with, and nothing else. */
export function createMediaWorld({ port, media, tamper = (message) => message }: MediaWorldOptions) {
  const given: Media = media ?? { provider: 'p2p', iceServers: [], relayOnly: false };
  const people = new Map<string, { peer: Peer; socket: WebSocket | null }>();
  const html = page(clientPath('room'), clientPath('livekit-client'));

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const asset = clientAssets().get(url.pathname);
    if (asset) response.setHeader('Content-Type', asset.contentType).end(asset.body);
    else if (url.pathname === '/ask') {
      response.end(JSON.stringify({ socket: `ws://127.0.0.1:${port}/signal`, token: url.searchParams.get('id') }));
    } else response.setHeader('Content-Type', 'text/html').end(html);
  });
  let sockets = new WebSocketServer({ noServer: true, handleProtocols: () => 'sig.v1' });

  function send(id: string, message: FromServer): void {
    const told = tamper(message, id);
    if (told !== null) people.get(id)?.socket?.send(JSON.stringify(told));
  }

  const others = (id: string): string[] => [...people.keys()].filter((one) => one !== id);
  const peersFor = (id: string): Peer[] => others(id).flatMap((one) => people.get(one)?.peer ?? []);

  function set(id: string, patch: Partial<Peer>): void {
    const one = people.get(id);
    if (one === undefined) return;
    one.peer = { ...one.peer, ...patch };
    for (const other of others(id)) send(other, { type: 'peer', peer: one.peer });
  }

  function take(from: string, message: FromClient): void {
    if (message.type === 'ping') send(from, { type: 'pong' });
    else if (message.type === 'leave') set(from, { state: 'left', present: false });
    else if (message.type === 'status') {
      const { audio, video, sharing } = message;
      set(from, { audio, video, sharing });
    } else if (message.type === 'chat') {
      const { text } = message;
      for (const id of people.keys()) send(id, { type: 'chat', from, id: from + text, text, sent: visit.startsAt });
    } else {
      const { to, ...rest } = message;
      send(to, { ...rest, from });
    }
  }

  server.on('upgrade', (request: IncomingMessage, raw, head) => {
    const id = /join\.(\w+)/.exec(request.headers['sec-websocket-protocol'] ?? '')?.[1] ?? '';
    sockets.handleUpgrade(request, raw, head, (socket) => {
      people.get(id)?.socket?.close(4409);
      const before = people.get(id)?.peer;
      const peer: Peer = { role: 'guest', name: id, ...before, id, state: 'admitted', present: true };
      people.set(id, { peer, socket });
      send(id, { type: 'hello', self: peer, visit, peers: peersFor(id), recording: { state: 'off' }, media: given });
      set(id, {});
      socket.on('message', (data) => take(id, JSON.parse(String(data))));
      socket.on('close', () => {
        if (people.get(id)?.socket !== socket) return;
        people.set(id, { peer: { ...people.get(id)?.peer, ...peer, present: false }, socket: null });
        set(id, { present: false });
      });
    });
  });

  return {
    url: (id: string): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}/?id=${id}`,
    listen: (): Promise<void> => new Promise((done) => server.listen(port, '127.0.0.1', done)),
    send,
    set,
    /** Nobody is answered any more; a server that is started again knows who was let in, as ours does. */
    async down(): Promise<void> {
      for (const one of people.values()) one.socket?.terminate();
      sockets.close();
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      sockets = new WebSocketServer({ noServer: true, handleProtocols: () => 'sig.v1' });
    },
  };
}
