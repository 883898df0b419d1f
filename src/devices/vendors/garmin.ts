import { BlockList, isIPv6 } from 'node:net';

import { isJson, objectsOf, textOf } from '../formats/json.ts';
import { ask, askJson, failure, jsonOf, parsed, revoked } from './ask.ts';
import { fine, isSecret, sha256, wrong } from './signature.ts';
import type { Reach, Vendor, VendorAnswer, VendorEvent, What } from './vendor.ts';

/** ms: what it is asked for at a time is a day of uploads, and no more than that. */
const DAY = 86_400_000;

/** The summaries that are read, and the measures that come with them. */
export const SUMMARIES: Readonly<Record<string, readonly string[]>> = {
  dailies: [
    'steps-per-24-h',
    'resting-heart-rate',
    'hr-max-in-24-h',
    'heart-rate',
    'moderate-minutes',
    'vigorous-minutes',
    'calories-per-24-h',
  ],
  epochs: ['steps', 'walking-running-distance', 'active-energy'],
  sleeps: ['sleep-duration', 'rem-sleep', 'deep-sleep', 'light-sleep'],
  bodyComps: ['body-weight', 'bmi', 'body-fat'],
  pulseox: ['spo2'],
  allDayRespiration: ['respiratory-rate'],
  bloodPressures: ['blood-pressure', 'systolic-blood-pressure', 'diastolic-blood-pressure', 'heart-rate'],
  hrv: ['hrv-rmssd'],
  userMetrics: ['vo2-max'],
  activities: [
    'exercise-session-type',
    'exercise-duration',
    'calories-in-exercise',
    'exercise-hr-mean',
    'exercise-hr-max',
  ],
};

const PATHS: Readonly<Record<string, string>> = { allDayRespiration: 'respiration', pulseox: 'pulseOx' };

/** Whether an address is one of those that its notifications come from. */
function isFrom(address: string | null, allowed: readonly string[]): boolean {
  if (address === null) return false;
  const list = new BlockList();
  for (const one of allowed) {
    const [base = '', bits] = one.split('/');
    const family = isIPv6(base) ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(base, family);
    else list.addSubnet(base, Number(bits), family);
  }
  const bare = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  return list.check(bare, isIPv6(bare) ? 'ipv6' : 'ipv4');
}

/** One notification is of many users, and each of them is told of alone. */
function eventsOf(name: string, entries: readonly Record<string, unknown>[]): VendorEvent[] {
  const events: VendorEvent[] = [];
  const inline = new Map<string, Record<string, unknown>[]>();
  for (const one of entries) {
    const vendorUser = textOf(one.userId);
    if (vendorUser === null) continue;
    const url = textOf(one.callbackURL);
    if (name === 'deregistrations') events.push({ id: null, vendorUser, kind: 'ended' });
    else if (!Object.hasOwn(SUMMARIES, name)) continue;
    else if (url !== null) events.push({ id: sha256(url), vendorUser, kind: 'fetch', what: { kind: name, url } });
    else inline.set(vendorUser, [...(inline.get(vendorUser) ?? []), one]);
  }
  for (const [vendorUser, list] of inline) {
    const payload = JSON.stringify({ [name]: list });
    events.push({ id: sha256(payload), vendorUser, kind: 'payload', payload });
  }
  return events;
}

/** Where it says that something is: only below its API, and with nothing of somebody else's in it. */
function placeOf({ kind, url, from = 0, to = 0 }: What, { endpoints: { api } }: Reach): string | null {
  const base = `${api}/wellness-api/rest/`;
  if (url !== undefined) return URL.parse(url)?.href.startsWith(base) ? url : null;
  const query = {
    uploadStartTimeInSeconds: String(Math.floor(from / 1000)),
    uploadEndTimeInSeconds: String(Math.floor(to / 1000)),
  };
  return `${base}${PATHS[kind] ?? kind}?${new URLSearchParams(query)}`;
}

async function fetched(what: What, reach: Reach): Promise<VendorAnswer<readonly string[]>> {
  const place = placeOf(what, reach);
  if (place === null || !Object.hasOwn(SUMMARIES, what.kind)) return failure('refused');
  const answer = await ask(place, reach);
  if (!answer.ok) return answer;
  const list = jsonOf(answer.value);
  return Array.isArray(list) ? { ok: true, value: [JSON.stringify({ [what.kind]: list })] } : failure('unavailable');
}

/** https://developer.garmin.com/gc-developer-program/health-api */
export const garmin: Vendor = {
  id: 'garmin',
  name: 'Garmin',
  endpoints: {
    authorize: 'https://connect.garmin.com/oauth2Confirm',
    token: 'https://diauth.garmin.com/di-oauth2-service/oauth/token',
    api: 'https://apis.garmin.com',
    revoke: 'https://apis.garmin.com/wellness-api/rest/user/registration',
  },
  // Its users choose on its page what they let go; there are no scopes to ask for.
  scopes: [{ scope: 'HEALTH_EXPORT', measures: [...new Set(Object.values(SUMMARIES).flat())] }],
  oauth: {
    ...{ pkce: true, separator: ' ', clientAuthentication: 'post', authorize: {}, token: {} },
    async user(_, reach) {
      const answer = await askJson(`${reach.endpoints.api}/wellness-api/rest/user/id`, reach);
      if (!answer.ok) return answer;
      const id = textOf(answer.value.userId);
      return id === null ? failure('unavailable') : { ok: true, value: id };
    },
  },
  webhook: {
    ...{ inPath: true, accepted: 200, within: 30_000 },
    challenge: () => null,
    verify({ secret, address }, { webhookSecret, addresses }) {
      if (!isSecret(secret, webhookSecret)) return wrong('The address has not the secret of its end');
      return addresses === undefined || isFrom(address, addresses) ? fine : wrong('It does not come from Garmin');
    },
    events({ body }) {
      const value = parsed(body);
      if (value === null) return null;
      return Object.entries(value).flatMap(([name, entries]) => eventsOf(name, objectsOf(entries).filter(isJson)));
    },
  },
  between(from, to, measures) {
    const wanted = Object.entries(SUMMARIES).filter(
      ([, of]) => measures === null || of.some((id) => measures.includes(id)),
    );
    const days = Math.max(1, Math.min(7, Math.ceil((to - from) / DAY)));
    return Array.from({ length: days }, (_, day) => to - (day + 1) * DAY).flatMap((start) =>
      wanted.map(([kind]) => ({ kind, from: Math.max(from, start), to: start + DAY })),
    );
  },
  fetch: fetched,
  // Its address is set up with it once for all users.
  subscribe: async () => ({ ok: true, value: { until: null } }),
  async revoke(_, reach) {
    // The address of a test has its own path for it.
    const place = `${reach.endpoints.api}/wellness-api/rest/user/registration`;
    return revoked(await ask(place, reach, { method: 'DELETE' }));
  },
};
