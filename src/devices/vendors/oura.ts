import { objectsOf, textOf } from '../formats/json.ts';
import { ask, askJson, failure, jsonOf, PAGES, parsed, revoked } from './ask.ts';
import { answered, fine, hmac, isSecret, sha256, wrong } from './signature.ts';
import type { Reach, Vendor, VendorAnswer, VendorEvent, What } from './vendor.ts';

const DAY = 86_400_000;

/** How long ago it may have signed what comes: as long as a notification may be on its way. */
const WINDOW = 5 * 60_000;

/** What is asked of it, and the measures that come with it; `webhook`: whether it notifies of it. */
const COLLECTIONS: readonly { kind: string; webhook: boolean; measures: readonly string[] }[] = [
  {
    ...{ kind: 'sleep', webhook: true },
    measures: [
      'sleep-duration',
      'rem-sleep',
      'deep-sleep',
      'light-sleep',
      'hrv-rmssd',
      'heart-rate',
      'respiratory-rate',
    ],
  },
  {
    kind: 'daily_activity',
    webhook: true,
    measures: ['steps-per-24-h', 'calories-per-24-h', 'moderate-minutes', 'vigorous-minutes'],
  },
  { kind: 'daily_spo2', webhook: true, measures: ['spo2'] },
  { kind: 'workout', webhook: true, measures: ['exercise-session-type', 'exercise-duration', 'calories-in-exercise'] },
  { kind: 'vO2_max', webhook: true, measures: ['vo2-max'] },
  { kind: 'heartrate', webhook: false, measures: ['heart-rate'] },
];

const isKnown = (kind: string): boolean => COLLECTIONS.some((one) => one.kind === kind);

/** Its heart rates are asked for by instants, of a month at most, the others by days. */
function questionOf({ kind, from = 0, to = 0 }: What): Record<string, string> {
  if (kind === 'heartrate')
    return { start_datetime: new Date(from).toISOString(), end_datetime: new Date(to).toISOString() };
  return {
    // A day of the user's begins before one of UTC, and ends after it.
    start_date: new Date(from - DAY / 2).toISOString().slice(0, 10),
    end_date: new Date(to + DAY).toISOString().slice(0, 10),
  };
}

async function fetched(what: What, reach: Reach): Promise<VendorAnswer<readonly string[]>> {
  if (!isKnown(what.kind)) return failure('refused');
  const place = `${reach.endpoints.api}/v2/usercollection/${what.kind}`;
  const wrap = (data: unknown): string => JSON.stringify({ [what.kind]: data });
  if (what.record !== undefined) {
    const one = await askJson(`${place}/${encodeURIComponent(what.record)}`, reach);
    return one.ok ? { ok: true, value: [wrap([one.value])] } : one;
  }
  const texts: string[] = [];
  let token: string | null = null;
  for (let page = 0; page < PAGES; page += 1) {
    const query: Record<string, string> =
      token === null ? questionOf(what) : { ...questionOf(what), next_token: token };
    const answer = await askJson(`${place}?${new URLSearchParams(query)}`, reach);
    if (!answer.ok) return answer;
    texts.push(wrap(answer.value.data));
    token = textOf(answer.value.next_token);
    if (token === null) break;
  }
  return { ok: true, value: texts };
}

function eventOf(body: Record<string, unknown>): VendorEvent | null {
  const [operation, kind] = [textOf(body.event_type), textOf(body.data_type)];
  const [record, vendorUser, time] = [textOf(body.object_id), textOf(body.user_id), textOf(body.event_time)];
  if (operation === null || kind === null || record === null || vendorUser === null) return null;
  const id = sha256([operation, kind, record, time ?? ''].join(' '));
  if (operation !== 'delete') return { id, vendorUser, kind: 'fetch', what: { kind, record } };
  return { id, vendorUser, kind: 'payload', payload: JSON.stringify({ deleted: [{ kind, id: record }] }) };
}

const us = ({ settings: { clientId, clientSecret } }: Reach): Record<string, string> => ({
  'x-client-id': clientId,
  'x-client-secret': clientSecret,
});

/** Those of ours that it notifies already, as `create sleep`, with when they end. */
async function subscriptions(
  callback: string,
  reach: Reach,
): Promise<VendorAnswer<Map<string, { id: string; until: number }>>> {
  const answer = await ask(`${reach.endpoints.api}/v2/webhook/subscription`, reach, { as: 'none', headers: us(reach) });
  if (!answer.ok) return answer;
  const found = new Map<string, { id: string; until: number }>();
  for (const one of objectsOf(jsonOf(answer.value))) {
    const until = Date.parse(textOf(one.expiration_time) ?? '');
    if (one.callback_url === callback && typeof one.id === 'string')
      found.set(`${one.event_type} ${one.data_type}`, { id: one.id, until });
  }
  return { ok: true, value: found };
}

/** ms before its end at which a subscription is renewed. */
const EARLY = 7 * DAY;

async function subscribeAll(callback: string, reach: Reach): Promise<VendorAnswer<{ until: number | null }>> {
  const place = `${reach.endpoints.api}/v2/webhook/subscription`;
  const known = await subscriptions(callback, reach);
  if (!known.ok) return known;
  let until: number | null = null;
  for (const { kind } of COLLECTIONS.filter(({ webhook }) => webhook)) {
    for (const operation of ['create', 'update', 'delete']) {
      const there = known.value.get(`${operation} ${kind}`);
      const isFresh = there !== undefined && there.until - EARLY > reach.now;
      const json = {
        ...{ callback_url: callback, verification_token: reach.settings.webhookSecret ?? '' },
        ...{ event_type: operation, data_type: kind },
      };
      const headers = us(reach);
      const done = isFresh
        ? null
        : there === undefined
          ? await askJson(place, reach, { method: 'POST', json, headers, as: 'none' })
          : await askJson(`${place}/renew/${there.id}`, reach, { method: 'PUT', headers, as: 'none' });
      if (done !== null && !done.ok) return done;
      const ends = done === null ? (there?.until ?? Number.NaN) : Date.parse(textOf(done.value.expiration_time) ?? '');
      if (!Number.isNaN(ends)) until = Math.min(until ?? ends, ends);
    }
  }
  return { ok: true, value: { until } };
}

const scope = (name: string, ...kinds: string[]): { scope: string; measures: string[] } => ({
  scope: name,
  measures: COLLECTIONS.filter(({ kind }) => kinds.includes(kind)).flatMap(({ measures }) => measures),
});

/** https://cloud.ouraring.com/v2/docs */
export const oura: Vendor = {
  id: 'oura',
  name: 'Oura',
  endpoints: {
    authorize: 'https://cloud.ouraring.com/oauth/authorize',
    token: 'https://api.ouraring.com/oauth/token',
    api: 'https://api.ouraring.com',
    revoke: 'https://api.ouraring.com/oauth/revoke',
  },
  scopes: [
    { scope: 'personal', measures: [] },
    scope('daily', 'sleep', 'daily_activity', 'vO2_max'),
    scope('heartrate', 'heartrate'),
    scope('workout', 'workout'),
    scope('spo2', 'daily_spo2'),
  ],
  oauth: {
    ...{ pkce: false, separator: ' ', clientAuthentication: 'post', authorize: {}, token: {} },
    async user(_, reach) {
      const answer = await askJson(`${reach.endpoints.api}/v2/usercollection/personal_info`, reach);
      if (!answer.ok) return answer;
      const id = textOf(answer.value.id);
      return id === null ? failure('unavailable') : { ok: true, value: id };
    },
  },
  webhook: {
    ...{ inPath: false, accepted: 200, within: 10_000 },
    challenge({ method, query }, { webhookSecret }) {
      if (method !== 'GET') return null;
      if (!isSecret(query.get('verification_token'), webhookSecret)) return answered(403);
      return answered(200, JSON.stringify({ challenge: query.get('challenge') ?? '' }), 'application/json');
    },
    verify({ header, body }, { clientSecret }, now) {
      const [signature, timestamp] = [header('x-oura-signature'), header('x-oura-timestamp') ?? ''];
      if (!isSecret(signature?.toLowerCase(), hmac('sha256', clientSecret, [timestamp, body], 'hex')))
        return wrong('The signature is not of this time and body, by our secret');
      // In seconds, ms or ISO 8601: it has been all of them.
      const number = Number(timestamp);
      const at = Number.isNaN(number) ? Date.parse(timestamp) : number < 1e11 ? number * 1000 : number;
      return Math.abs(now - at) <= WINDOW ? fine : wrong('It was signed more than five minutes ago, or ahead');
    },
    events({ body }) {
      const value = parsed(body);
      const event = value === null ? null : eventOf(value);
      if (event === null) return null;
      return event.kind === 'fetch' && !isKnown(event.what.kind) ? [] : [event];
    },
  },
  between(from, to, measures) {
    const wanted = COLLECTIONS.filter((one) => measures === null || one.measures.some((id) => measures.includes(id)));
    return wanted.flatMap(({ kind }) => (kind === 'heartrate' ? spansOf(from, to) : [{ kind, from, to }]));
  },
  fetch: fetched,
  subscribe: subscribeAll,
  async revoke(_, reach) {
    const query = new URLSearchParams({ access_token: reach.access });
    return revoked(await ask(`${reach.endpoints.revoke}?${query}`, reach, { method: 'POST', as: 'none' }));
  },
};

const spansOf = (from: number, to: number): What[] => {
  const size = 30 * DAY;
  return Array.from({ length: Math.max(1, Math.ceil((to - from) / size)) }, (_, span) => ({
    kind: 'heartrate',
    from: from + span * size,
    to: Math.min(to, from + (span + 1) * size),
  }));
};
