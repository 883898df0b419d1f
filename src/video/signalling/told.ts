import type { FhirContext } from '../../fhir/context.ts';
import { isInside, type Participant, participantsOf, peerOf } from '../people/participants.ts';
import { mediaLifetime, type Providers } from '../providers/provider.ts';
import { recordingOf } from '../recording/state.ts';
import { policyOf } from '../visits/policy.ts';
import { shownVisit } from '../visits/shown.ts';
import type { Visit } from '../visits/visit.ts';
import type { Client } from './client.ts';
import type { FromServer, Media, Peer, VisitShown } from './messages.ts';
import type { Room } from './rooms.ts';

type Parts = { context: FhirContext; providers: Providers };

const isHost = ({ role }: Participant): boolean => role === 'host';

/** Whether one may know of another: everybody inside of those who treat and who is or was inside; of all others, hosts alone. */
export function mayKnow(who: Participant, of: Pick<Peer, 'state' | 'role'>): boolean {
  if (isHost(who)) return true;
  if (!isInside(who)) return false;
  return of.role === 'host' || isInside(of) || of.state === 'left';
}

const shownOf = (room: Room, id: string): object => room.shown.get(id) ?? {};

/** Those of a visit that somebody may know of, beside themself. */
function peersFor(room: Room, client: Client, all: readonly Participant[]): Peer[] {
  const who = client.participant;
  const peers = all
    .filter((one) => one.id !== who.id && mayKnow(who, one))
    .map((one) => ({ ...peerOf(one, isHost(who)), ...shownOf(room, one.id) }));
  client.known.clear();
  for (const { id } of peers) client.known.add(id);
  return peers;
}

/** What somebody needs for the media, if they were let in. */
export async function mediaFor({ context, providers }: Parts, visit: Visit, client: Client): Promise<Media | null> {
  const who = client.participant;
  const provider = providers.get(visit.provider);
  client.relayOnly = false;
  client.mediaEnd = null;
  if (who.state !== 'admitted' || !provider) return null;
  const { relayOnly } = await policyOf(context, visit.tenant);
  const media = await provider.issueJoin(visit, { id: who.id, role: who.role, name: who.name });
  if (media.provider !== 'p2p') return media;
  const outsider = !isHost(who) && who.role !== 'colleague';
  const hasTurn = media.iceServers.some(({ credential }) => credential !== undefined);
  client.relayOnly = relayOnly === 'always' || (relayOnly === 'when-turn' && hasTurn && outsider);
  if (hasTurn) client.mediaEnd = context.now() + mediaLifetime * 1000;
  return { ...media, relayOnly: client.relayOnly };
}

/** A visit as somebody is told of it: hosts also where the patient can be called. */
async function visitFor({ context }: Parts, visit: Visit, who: Participant): Promise<VisitShown> {
  const shown = await shownVisit(context, visit);
  return isHost(who) && visit.callback !== null ? { ...shown, callback: visit.callback } : shown;
}

const selfOf = (room: Room, who: Participant): Peer => ({
  ...peerOf(who, false),
  present: true,
  ...shownOf(room, who.id),
});

/** Everybody of the visit, by now; how the client stands is taken from that. Null: they are of it no more. */
export async function everybody({ context }: Parts, client: Client): Promise<Participant[] | null> {
  const { tenant, visit, id } = client.participant;
  const all = await participantsOf(context.database.byKey, tenant, visit);
  const now = all.find((one) => one.id === id);
  if (now === undefined) return null;
  client.participant = now;
  return all;
}

/** What somebody is told first. */
export async function hello(
  parts: Parts,
  room: Room,
  client: Client,
  all: readonly Participant[],
): Promise<FromServer> {
  const { context } = parts;
  const { participant } = client;
  const { visit } = room;
  return {
    type: 'hello',
    self: selfOf(room, participant),
    visit: await visitFor(parts, visit, participant),
    peers: peersFor(room, client, all),
    recording: isInside(participant)
      ? await recordingOf(context.database.byKey, visit.tenant, visit.id)
      : { state: 'off' },
    media: await mediaFor(parts, visit, client),
  };
}

/** What somebody is told who was let in, held or sent away: as it is by now. Null: they are of the visit no more. */
export async function changedSelf(parts: Parts, room: Room, client: Client): Promise<FromServer | null> {
  const all = await everybody(parts, client);
  if (all === null) return null;
  const media = await mediaFor(parts, room.visit, client);
  return { type: 'self', self: selfOf(room, client.participant), media, peers: peersFor(room, client, all) };
}

/** The visit as it is by now. */
export async function changedVisit(parts: Parts, room: Room, client: Client): Promise<FromServer> {
  return { type: 'visit', visit: await visitFor(parts, room.visit, client.participant) };
}

/** Somebody else, as they are told of to `client`; null: not at all. */
export function toldPeer({ participant: who, known }: Client, peer: Peer): FromServer | null {
  if (peer.id === who.id) return null;
  if (isHost(who)) return { type: 'peer', peer };
  const { birthDate: _, ...rest } = peer;
  if (mayKnow(who, peer)) {
    known.add(peer.id);
    return { type: 'peer', peer: rest };
  }
  // Who was sent away is not there any more for those who knew of them; others never learn that there was somebody.
  return isInside(who) && known.delete(peer.id) ? { type: 'peer', peer: { ...rest, present: false } } : null;
}
