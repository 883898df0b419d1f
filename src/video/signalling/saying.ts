import type { FhirContext } from '../../fhir/context.ts';
import { uuid7 } from '../../fhir/store/uuid.ts';
import { keepChat } from '../chat/keep-chat.ts';
import { findParticipant, isInside, peerOf } from '../people/participants.ts';
import { publish } from '../relay.ts';
import { relayedOnly } from './addresses.ts';
import { type Client, send } from './client.ts';
import type { FromClient, FromServer } from './messages.ts';
import type { Room } from './rooms.ts';

type Handed = Extract<FromClient, { to: string }>;

const refuse = (client: Client, about: string, why: string): void => send(client, { type: 'refused', about, why });

/** What one says to another, in the name of whose socket it came by. */
function handed(said: Handed, from: string): FromServer {
  if (said.type === 'desc') return { type: 'desc', from, description: said.description };
  if (said.type === 'ice') return { type: 'ice', from, candidate: said.candidate };
  if (said.type === 'commit') return { type: 'commit', from, digest: said.digest };
  return { type: 'reveal', from, nonce: said.nonce };
}

async function handOn(context: FhirContext, room: Room, client: Client, said: Handed): Promise<void> {
  const cleared = client.relayOnly ? relayedOnly(said) : said;
  if (cleared === null || !('to' in cleared)) return;
  const body = handed(cleared, client.participant.id);
  const near = room.clients.get(said.to);
  if (near) {
    if (near.participant.state === 'admitted') send(near, body);
    else refuse(client, said.type, 'They are not in the visit now');
    return;
  }
  const { tenant, id } = room.visit;
  const far = await findParticipant(context.database.byKey, tenant, id, said.to);
  if (far?.state !== 'admitted' || far.socket === null)
    return refuse(client, said.type, 'They are not in the visit now');
  await publish(context.database.byKey, { tenant, visit: id, target: said.to, body }, context.now());
}

async function chat(context: FhirContext, room: Room, client: Client, text: string): Promise<void> {
  const now = context.now();
  const { tenant, id } = room.visit;
  const kept = await keepChat(context, room.visit, client.participant, text, now);
  const body: FromServer = {
    type: 'chat',
    from: client.participant.id,
    id: kept ?? uuid7(now),
    text,
    sent: new Date(now).toISOString(),
  };
  await publish(context.database.byKey, { tenant, visit: id, target: null, body }, now);
}

/** Does what somebody inside has said. Who waits, or is on hold, has nobody to say it to. */
export async function say(context: FhirContext, room: Room, client: Client, said: FromClient): Promise<void> {
  if (said.type === 'ping') return send(client, { type: 'pong' });
  if (said.type === 'leave') {
    client.left = true;
    client.socket.close(1000);
    return;
  }
  if (said.type === 'status') {
    client.shown = { audio: said.audio, video: said.video, sharing: said.sharing };
    if (!isInside(client.participant)) return;
    const peer = { ...peerOf(client.participant, true), present: true, ...client.shown };
    const { tenant, id } = room.visit;
    return publish(
      context.database.byKey,
      { tenant, visit: id, target: null, body: { type: 'peer', peer } },
      context.now(),
    );
  }
  if (client.participant.state !== 'admitted')
    return refuse(client, said.type, 'You are not in the visit yet: who treats in it lets you in');
  if (said.type === 'chat') return chat(context, room, client, said.text);
  return handOn(context, room, client, said);
}
