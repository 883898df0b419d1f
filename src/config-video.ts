import { list, setting, text, url, WrongSetting } from './config-checks.ts';

const iceUrl = /^(?:stuns?:[^\s?]+|turns?:[^\s?]+(?:\?transport=(?:udp|tcp))?)$/;
const isTurn = (one: string): boolean => /^turns?:/.test(one);

/** What visits by video are set up with. */
export const videoSettings = {
  PORTICO_TURN_URLS: setting(
    list.refine((all) => all.every((one) => iceUrl.test(one))),
    'turn:, turns: and stun: addresses separated by commas, as turn:relay.example:3478?transport=udp',
    'relays that visits by video between browsers may go through',
  ),
  PORTICO_TURN_SECRET: setting(
    // Who was let in knows a name and what was made of it, and may try secrets until one fits.
    text.min(32),
    'at least 32 characters',
    'the static-auth-secret of these relays; who is let in gets short-lived credentials that are made of it',
  ),
  PORTICO_LIVEKIT_URL: setting(
    url,
    'an http or https URL without query or fragment',
    'a LiveKit server that visits can be held with',
  ),
  PORTICO_LIVEKIT_KEY: setting(text, 'a key', 'the API key of the LiveKit server, which also signs its webhooks'),
  PORTICO_LIVEKIT_SECRET: setting(text.min(32), 'at least 32 characters', 'the secret of PORTICO_LIVEKIT_KEY'),
} as const;

export type VideoConfig = {
  /** `secret` is null where all of them are STUN servers, which ask nobody who they are. */
  turn: { urls: readonly string[]; secret: string | null } | null;
  livekit: { url: string; key: string; secret: string } | null;
};

/** The values of these settings; null: not set. */
type Given = {
  turnUrls: readonly string[] | null;
  turnSecret: string | null;
  liveKitUrl: string | null;
  liveKitKey: string | null;
  liveKitSecret: string | null;
};

/** @throws WrongSetting where one is there without those that it needs */
export const readVideo = (given: Given): VideoConfig => ({ turn: turnOf(given), livekit: liveKitOf(given) });

function turnOf({ turnUrls, turnSecret }: Given): VideoConfig['turn'] {
  const urls = turnUrls ?? [];
  if (urls.some(isTurn) !== (turnSecret !== null))
    throw new WrongSetting('PORTICO_TURN_URLS with turn: or turns: and PORTICO_TURN_SECRET must be set together.');
  return urls.length === 0 ? null : { urls, secret: turnSecret };
}

function liveKitOf({ liveKitUrl: url, liveKitKey: key, liveKitSecret: secret }: Given): VideoConfig['livekit'] {
  if (url === null && key === null && secret === null) return null;
  if (url === null || key === null || secret === null)
    throw new WrongSetting('PORTICO_LIVEKIT_URL, PORTICO_LIVEKIT_KEY and PORTICO_LIVEKIT_SECRET must be set together.');
  return { url, key, secret };
}
