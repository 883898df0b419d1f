import type { Peer } from '../signalling/messages.ts';
import type { RoomPeer } from './room-state.ts';

/** Who is in the visit, as far as one is told. */
export type Roster = {
  readonly peers: readonly RoomPeer[];
  readonly waiting: readonly Peer[];
};

export type Came = { id: string; name: string; what: 'joined' | 'left' | 'knocked' };

type Next = { roster: Roster; came: readonly Came[] };

export const nobody: Roster = { peers: [], waiting: [] };

/** Let in, and not known to have gone for good. Whose socket is closed may be in it still, by their media. */
export const isInside = (peer: Peer): boolean =>
  peer.state === 'admitted' || peer.state === 'held' || (peer.state === 'left' && peer.present);

const fresh = (peer: Peer): RoomPeer => ({
  ...peer,
  stream: null,
  connection: 'connecting',
  quality: 'unknown',
  safety: { state: 'checking' },
  silent: false,
});

const without = <T extends Peer>(list: readonly T[], id: string): T[] => list.filter((one) => one.id !== id);

function put<T extends Peer>(list: readonly T[], one: T): readonly T[] {
  return list.some(({ id }) => id === one.id) ? list.map((old) => (old.id === one.id ? one : old)) : [...list, one];
}

/** @param known their media is not known to have ended */
export function withPeer({ peers, waiting }: Roster, peer: Peer, known: boolean): Next {
  const before = peers.find(({ id }) => id === peer.id);
  const { id, name } = peer;
  const stays = isInside(peer) ? peer.present || known : peer.state === 'left' && known;
  if (stays) {
    const next = before === undefined ? fresh(peer) : { ...before, ...peer };
    const roster = { peers: put(peers, next), waiting: without(waiting, id) };
    return { roster, came: before === undefined ? [{ id, name, what: 'joined' }] : [] };
  }
  const left: Came[] = before === undefined ? [] : [{ id, name, what: 'left' }];
  const waits = peer.state === 'waiting' && peer.present;
  const knocked: Came[] = waits && !waiting.some((one) => one.id === id) ? [{ id, name, what: 'knocked' }] : [];
  const roster = { peers: without(peers, id), waiting: waits ? put(waiting, peer) : without(waiting, id) };
  return { roster, came: [...left, ...knocked] };
}

/** The whole of it was told, with those whose socket is away: who is not in it was sent away meanwhile. */
export function withAll(before: Roster, told: readonly Peer[], known: (id: string) => boolean): Next {
  const ids = new Set(told.map(({ id }) => id));
  const absent = before.peers
    .filter(({ id }) => !ids.has(id))
    .map((peer) => ({ ...peer, state: 'removed' as const, present: false }));
  const start: Next = {
    roster: { peers: before.peers, waiting: before.waiting.filter(({ id }) => ids.has(id)) },
    came: [],
  };
  return [...absent, ...told].reduce(({ roster, came }: Next, peer) => {
    const next = withPeer(roster, peer, known(peer.id));
    return { roster: next.roster, came: [...came, ...next.came] };
  }, start);
}

export const withoutPeer = (roster: Roster, id: string): Roster => ({ ...roster, peers: without(roster.peers, id) });

export const patched = (roster: Roster, id: string, patch: Partial<RoomPeer>): Roster => ({
  ...roster,
  peers: roster.peers.map((peer) => (peer.id === id ? { ...peer, ...patch } : peer)),
});
