import { createHmac } from 'node:crypto';

import { ok } from '../../fhir/outcome.ts';
import type { IceServer, Role } from '../signalling/messages.ts';
import { mediaLifetime, type VideoProvider } from './provider.ts';

export type TurnSettings = {
  /** `turn:`, `turns:` and `stun:` addresses. */
  urls: readonly string[];
  /** What is shared with the relays; null where all are STUN servers. */
  secret: string | null;
};

const isTurn = (url: string): boolean => /^turns?:/.test(url);

/** Those who treat are at work; of anybody else others in the visit do not learn where they are. */
const isAtWork = (role: Role): boolean => role === 'host' || role === 'colleague';

/**
 * A name and a password that a relay takes until the name says that their time is over. The relay keeps no list: it makes the
 * password of the name as we do.
 *
 * @param now ms since 1970
 * @see https://datatracker.ietf.org/doc/html/draft-uberti-behave-turn-rest-00
 */
export function turnCredentials(
  secret: string,
  participant: string,
  now: number,
): { username: string; credential: string } {
  const username = `${Math.floor(now / 1000) + mediaLifetime}:${participant}`;
  return { username, credential: createHmac('sha1', secret).update(username).digest('base64') };
}

/** Browsers send each other sound and pictures themselves; this server only hands on how they find each other. */
export function createP2p(turn: TurnSettings | null, now: () => number): VideoProvider {
  const relays = turn?.urls.filter(isTurn) ?? [];
  const others = turn?.urls.filter((url) => !isTurn(url)) ?? [];

  const iceServersFor = (participant: string): IceServer[] => [
    ...(others.length > 0 ? [{ urls: [...others] }] : []),
    ...(relays.length > 0 && turn?.secret
      ? [{ urls: [...relays], ...turnCredentials(turn.secret, participant, now()) }]
      : []),
  ];

  return {
    id: 'p2p',
    // Everybody sends to everybody: a telephone does not do more.
    caps: { maxParticipants: 4, serverRecording: false, e2ee: true, kick: false },
    async ensureRoom() {
      return ok(null);
    },
    async issueJoin(_visit, { id, role }) {
      return { provider: 'p2p', iceServers: iceServersFor(id), relayOnly: relays.length > 0 && !isAtWork(role) };
    },
    // The others are told, and hang up; the credentials of who is gone end by themselves.
    async remove() {},
    async end() {},
    async health() {
      return {
        ok: true,
        why: relays.length > 0 ? 'Browsers meet directly or by a relay' : 'Browsers meet directly alone',
      };
    },
  };
}
