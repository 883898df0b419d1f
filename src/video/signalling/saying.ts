import type { FhirContext } from '../../fhir/context.ts';
import { uuid7 } from '../../fhir/store/uuid.ts';
import { keepChat } from '../chat/keep-chat.ts';
import { findParticipant, isInside, peerOf } from '../people/participants.ts';
import { publish } from '../relay.ts';
import { type Handed, relayedOnly } from './addresses.ts';
import { type Client, send } from './client.ts';
import type { FromClient, FromServer } from './messages.ts';
import { tellPeer } from './relayed.ts';
import { type Room, remember } from './rooms.ts';

export const refuse = (client: Client, about: string, why: string): void =>
  send(client, { type: 'refused', about, why });

const absent = 'They are not in the visit now';
const onHold = 'The visit is on hold';
const outside = 'You are not in the visit yet: who treats in it lets you in';

/** Why somebody has nobody to say something to; null: they have. A visit on hold has no media, and browsers meet anew after it. */
const silenced = ({ visit }: Room, { participant }: Client): string | null =>
  participant.state !== 'admitted' ? outside : visit.state === 'held' ? onHold : null;

/** What one says to another, in the name of whose socket it came by; null: nothing of it may be said. */
function handed(client: Client, said: Handed): FromServer | null {
  const from = client.participant.id;
  const cleared = client.relayOnly ? relayedOnly(said) : said;
  if (cleared === null) return null;
  if (cleared.type === 'desc') return { type: 'desc', from, description: cleared.description };
  if (cleared.type === 'ice') return { type: 'ice', from, candidate: cleared.candidate };
  if (cleared.type === 'commit') return { type: 'commit', from, digest: cleared.digest };
  return { type: 'reveal', from, nonce: cleared.nonce };
}

/**
 * Hands on at once what is for somebody in this process. It needs nothing but what is known here, so that those who have found
 * each other do not lose each other with the database.
 *
 * @returns false: it is for nobody here
 */
export function handNear(room: Room, client: Client, said: FromClient): boolean {
  const near = 'to' in said ? room.clients.get(said.to) : undefined;
  if (!('to' in said) || near === undefined) return false;
  const why = silenced(room, client);
  if (why !== null) refuse(client, said.type, why);
  else if (near.participant.state !== 'admitted' || near === client) refuse(client, said.type, absent);
  else {
    const body = handed(client, said);
    if (body !== null) send(near, body);
  }
  return true;
}

async function handFar(context: FhirContext, room: Room, client: Client, said: Handed): Promise<void> {
  const { tenant, id } = room.visit;
  const far = await findParticipant(context.database.byKey, tenant, id, said.to);
  if (far?.state !== 'admitted' || far.socket === null) return refuse(client, said.type, absent);
  const body = handed(client, said);
  if (body === null) return;
  await publish(context.database.byKey, { tenant, visit: id, target: said.to, body }, context.now());
}

/** Sends to sockets elsewhere what those here have been told. */
async function publishElsewhere(context: FhirContext, room: Room, body: FromServer): Promise<void> {
  const now = context.now();
  const named = uuid7(now);
  remember(room, named);
  const { tenant, id: visit } = room.visit;
  await publish(context.database.byKey, { tenant, visit, target: null, body }, now, named);
}

async function chat(context: FhirContext, room: Room, client: Client, text: string): Promise<void> {
  const now = context.now();
  const { tenant, visit, id } = client.participant;
  // Whether they may is known here a moment later than there, and what is written stays.
  const current = await findParticipant(context.database.byKey, tenant, visit, id);
  if (current?.state !== 'admitted') return refuse(client, 'chat', outside);
  // What cannot be kept is not said: everybody was told that it is.
  const kept = await keepChat(context, room.visit, client.participant, text, now);
  const sent = new Date(now).toISOString();
  const body = { type: 'chat', from: client.participant.id, id: kept ?? uuid7(now), text, sent } as const;
  for (const one of room.clients.values()) if (one.participant.state === 'admitted') send(one, body);
  await publishElsewhere(context, room, body);
}

async function show(context: FhirContext, room: Room, client: Client, said: FromClient): Promise<void> {
  if (said.type !== 'status' || !isInside(client.participant)) return;
  const { audio, video, sharing } = said;
  const peer = { ...peerOf(client.participant, true), present: true, audio, video, sharing };
  tellPeer(room, peer);
  await publishElsewhere(context, room, { type: 'peer', peer });
}

/** Does what somebody has said. Who waits, or is on hold, has nobody to say it to. */
export async function say(context: FhirContext, room: Room, client: Client, said: FromClient): Promise<void> {
  if (said.type === 'ping') return send(client, { type: 'pong' });
  if (said.type === 'leave') {
    client.left = true;
    client.socket.close(1000);
    return;
  }
  if (said.type === 'status') return show(context, room, client, said);
  if (handNear(room, client, said)) return;
  const why = silenced(room, client);
  if (why !== null) return refuse(client, said.type, why);
  if (said.type === 'chat') return chat(context, room, client, said.text);
  return handFar(context, room, client, said);
}
