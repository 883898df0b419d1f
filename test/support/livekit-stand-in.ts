import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AccessToken, type ClaimGrants, TokenVerifier } from 'livekit-server-sdk';

/** What was asked of it, and what its token allowed. */
export type Asked = { method: string; body: Record<string, unknown>; grants: ClaimGrants };

export type LiveKit = {
  url: string;
  key: string;
  secret: string;
  /** What the server is started with to use it. */
  settings: Record<'PORTICO_LIVEKIT_URL' | 'PORTICO_LIVEKIT_KEY' | 'PORTICO_LIVEKIT_SECRET', string>;
  asked: Asked[];
  /** Who is in each room, by the identity in their token. */
  rooms: Map<string, Set<string>>;
  /** While it is true everything is answered with 503. */
  isDown: boolean;
  /** What a webhook is sent with: the body, and its signature. */
  signed(event: object, by?: { key: string; secret: string }): Promise<{ raw: string; authorization: string }>;
  close(): Promise<void>;
};

class Refused extends Error {
  status: number;
  code: string;
  constructor(status: number, code: string) {
    super(code);
    this.status = status;
    this.code = code;
  }
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer); // without an encoding they are bytes
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as Record<string, unknown>; // the SDK sends objects
}

/** As much of LiveKit as the official SDK's clients ask: rooms, who is in them, and recordings. It believes no token but its own. */
export async function startLiveKit(): Promise<LiveKit> {
  const [key, secret] = ['APItest', 'a secret of the media server, of enough characters'];
  const asked: Asked[] = [];
  const rooms: LiveKit['rooms'] = new Map();
  const recordings = new Map<string, { egressId: string; roomName: string; status: string }>();

  const may = (allowed: boolean | undefined): void => {
    if (!allowed) throw new Refused(401, 'unauthenticated');
  };
  const roomOf = (room: unknown): Set<string> => {
    const found = rooms.get(String(room));
    if (!found) throw new Refused(404, 'not_found');
    return found;
  };

  const methods: Record<string, (asked: Asked) => object> = {
    'RoomService/CreateRoom'({ body, grants: { video } }) {
      may(video?.roomCreate);
      const name = String(body.name);
      if (!rooms.has(name)) rooms.set(name, new Set());
      return { name };
    },
    'RoomService/DeleteRoom'({ body, grants: { video } }) {
      may(video?.roomCreate);
      roomOf(body.room);
      rooms.delete(String(body.room));
      return {};
    },
    'RoomService/ListRooms'({ grants: { video } }) {
      may(video?.roomList);
      return { rooms: [] };
    },
    'RoomService/RemoveParticipant'({ body, grants: { video } }) {
      may(video?.roomAdmin && video.room === body.room);
      if (!roomOf(body.room).delete(String(body.identity))) throw new Refused(404, 'not_found');
      return {};
    },
    'Egress/StartRoomCompositeEgress'({ body, grants: { video } }) {
      may(video?.roomRecord);
      const roomName = String(body.room_name ?? body.roomName);
      roomOf(roomName);
      const egressId = `EG_${recordings.size}`;
      const info = { egressId, roomName, status: 'EGRESS_STARTING' };
      recordings.set(egressId, info);
      return info;
    },
    'Egress/StopEgress'({ body, grants: { video } }) {
      may(video?.roomRecord);
      const found = recordings.get(String(body.egress_id ?? body.egressId));
      if (!found) throw new Refused(404, 'not_found');
      if (found.status === 'EGRESS_COMPLETE') throw new Refused(412, 'failed_precondition');
      found.status = 'EGRESS_COMPLETE';
      return found;
    },
  };

  const server = createServer(async (request, response) => {
    const answer = (status: number, body: object): void => {
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
    };
    const body = await bodyOf(request);
    if (livekit.isDown) return answer(503, { code: 'unavailable', msg: 'down' });
    const method = (request.url ?? '').replace('/twirp/livekit.', '');
    const token = (request.headers.authorization ?? '').replace('Bearer ', '');
    try {
      const grants = await new TokenVerifier(key, secret).verify(token);
      const one = { method, body, grants };
      asked.push(one);
      const done = methods[method]?.(one);
      return done ? answer(200, done) : answer(404, { code: 'bad_route', msg: method });
    } catch (error) {
      if (error instanceof Refused) return answer(error.status, { code: error.code, msg: error.code });
      return answer(401, { code: 'unauthenticated', msg: 'the token is not one' });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // it listens on a port

  const livekit: LiveKit = {
    url,
    key,
    secret,
    settings: { PORTICO_LIVEKIT_URL: url, PORTICO_LIVEKIT_KEY: key, PORTICO_LIVEKIT_SECRET: secret },
    asked,
    rooms,
    isDown: false,
    async signed(event, by = { key, secret }) {
      const raw = JSON.stringify(event);
      const token = new AccessToken(by.key, by.secret, { ttl: 300 });
      token.sha256 = createHash('sha256').update(raw).digest('base64');
      return { raw, authorization: await token.toJwt() };
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return livekit;
}
