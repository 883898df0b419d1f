import type { Safety } from './room-state.ts';

/**
 * Six digits that are the same on both sides only if nobody is in between. The server hands on the descriptions, and could put
 * its own DTLS fingerprints in place of both; then each side talks to the server, and the codes differ.
 *
 * The one whose id is the smaller commits to a nonce; the other answers with its own; the first reveals. Whoever is in between
 * must be bound on each side before it learns what the code there will be: a round is one guess in a million, and there are few.
 * (The short authentication string of RFC 6189 §4.4.1.1, over WebRTC's fingerprints.)
 */
export type SafetyCheck = {
  /** Both descriptions are in place. Fingerprints that are not the same as before begin anew. */
  ready(mine: string | null, theirs: string | null): Promise<void>;
  take(message: { type: 'commit'; digest: string } | { type: 'reveal'; nonce: string }): Promise<void>;
  /** The socket was away, and with it what was sent: an unfinished round begins anew. */
  again(): Promise<void>;
};

type Send = (message: { type: 'commit'; digest: string } | { type: 'reveal'; nonce: string }) => void;

/** Of one page with one other; more says that somebody makes it begin anew until a guess is right. */
const mostRounds = 20;

const encoder = new TextEncoder();

const base64url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

async function hash(...parts: string[]): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', encoder.encode(JSON.stringify(parts))));
}

/** Half of it says which commitment it answers, so that an answer that comes late is not taken for that to another. */
async function answerTo(digest: string, half: Uint8Array): Promise<string> {
  const tag = await hash('answer', digest, base64url(half));
  return base64url(new Uint8Array([...half, ...tag.slice(0, 16)]));
}

function halfOf(nonce: string): Uint8Array | null {
  if (!/^[\w-]{43}$/.test(nonce)) return null;
  const binary = atob(nonce.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary.slice(0, 16), (one) => one.charCodeAt(0));
}

async function codeOf(parts: string[]): Promise<string> {
  const bytes = await hash('code', ...parts);
  const number = new DataView(bytes.buffer).getUint32(0) % 1_000_000;
  return String(number)
    .padStart(6, '0')
    .replace(/^(...)/, '$1 ');
}

/** The one SHA-256 fingerprint of a description; null: there is none, or there are several, which would hide what is not checked. */
export function fingerprintOf(sdp: string): string | null {
  const all = new Set(
    [...sdp.matchAll(/^a=fingerprint:\s*(\S+)\s+(\S+)/gim)].map(([, kind, value]) => `${kind} ${value}`.toLowerCase()),
  );
  const [only] = all;
  return all.size === 1 && only?.startsWith('sha-256 ') ? only : null;
}

/** @param self ids of participants, which differ */
export function createSafetyCheck(self: string, peer: string, send: Send, tell: (safety: Safety) => void): SafetyCheck {
  const first = self < peer;
  let prints: { mine: string; theirs: string } | null = null;
  let digest: string | null = null;
  let nonce = '';
  let done = false;
  let rounds = 0;

  /** The same on both sides: what is of the first comes first. */
  const seen = (): string[] => {
    const { mine = '', theirs = '' } = prints ?? {};
    return first ? [self, peer, mine, theirs] : [peer, self, theirs, mine];
  };

  const finish = async (ofFirst: string, ofSecond: string): Promise<void> => {
    done = true;
    tell({ state: 'ready', code: await codeOf([...seen(), ofFirst, ofSecond]) });
  };

  /** @returns false: there were too many already */
  function begin(): boolean {
    done = false;
    rounds++;
    tell({ state: rounds > mostRounds ? 'mismatch' : 'checking' });
    return rounds <= mostRounds;
  }

  async function commit(): Promise<void> {
    if (!begin()) return;
    nonce = base64url(crypto.getRandomValues(new Uint8Array(32)));
    digest = base64url(await hash('commit', ...seen(), nonce));
    send({ type: 'commit', digest });
  }

  async function answer(): Promise<void> {
    if (digest === null || !begin()) return;
    nonce = await answerTo(digest, crypto.getRandomValues(new Uint8Array(16)));
    send({ type: 'reveal', nonce });
  }

  async function takeAnswer(theirs: string): Promise<void> {
    const half = halfOf(theirs);
    if (done || digest === null || half === null || (await answerTo(digest, half)) !== theirs) return;
    send({ type: 'reveal', nonce });
    await finish(nonce, theirs);
  }

  async function takeReveal(theirs: string): Promise<void> {
    if (done || digest === null || nonce === '' || prints === null) return;
    if (base64url(await hash('commit', ...seen(), theirs)) === digest) return finish(theirs, nonce);
    done = true;
    tell({ state: 'mismatch' });
  }

  return {
    async ready(mine, theirs) {
      if (mine === null || theirs === null) return tell({ state: 'mismatch' });
      if (prints?.mine === mine && prints.theirs === theirs) return;
      prints = { mine, theirs };
      if (first) return commit();
      // A commitment may have come before the description was in place.
      if (digest !== null && nonce === '') return answer();
      tell({ state: 'checking' });
    },
    async take(message) {
      if (message.type === 'reveal') return first ? takeAnswer(message.nonce) : takeReveal(message.nonce);
      if (first) return;
      digest = message.digest;
      nonce = '';
      if (prints !== null) await answer();
    },
    async again() {
      if (first && prints !== null && !done) await commit();
    },
  };
}
