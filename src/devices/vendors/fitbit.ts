import { objectsOf, textOf } from '../formats/json.ts';
import { ask, failure, jsonOf, parsed, revoked } from './ask.ts';
import { answered, fine, hmac, isSecret, wrong } from './signature.ts';
import type { Endpoints, Reach, Vendor, VendorAnswer, VendorEvent, What } from './vendor.ts';

const DAY = 86_400_000;
const SLEEP = ['sleep-duration', 'rem-sleep', 'deep-sleep', 'light-sleep'];
const MOVING = [
  ...['steps', 'steps-per-24-h', 'calories-per-24-h', 'moderate-minutes', 'vigorous-minutes', 'exercise-session-type'],
  ...['exercise-duration', 'calories-in-exercise', 'walking-running-distance'],
];
const BODY = ['body-weight', 'bmi', 'body-fat'];
const HEART = ['heart-rate', 'resting-heart-rate'];

type Collection = {
  kind: string;
  scope: string;
  measures: readonly string[];
  /** Its paths for a day, below its API. */
  paths(day: string): readonly string[];
};

/** What it notifies of and is asked for, day by day. https://dev.fitbit.com/build/reference/web-api */
const COLLECTIONS: readonly Collection[] = [
  {
    ...{ kind: 'activities', scope: 'activity', measures: MOVING },
    paths: (day) => [`/1/user/-/activities/date/${day}.json`, `/1/user/-/activities/steps/date/${day}/1d/1min.json`],
  },
  {
    ...{ kind: 'heart', scope: 'heartrate', measures: HEART },
    paths: (day) => [`/1/user/-/activities/heart/date/${day}/1d/1min.json`],
  },
  {
    ...{ kind: 'body', scope: 'weight', measures: BODY },
    paths: (day) => [`/1/user/-/body/log/weight/date/${day}.json`, `/1/user/-/body/log/fat/date/${day}.json`],
  },
  { kind: 'sleep', scope: 'sleep', measures: SLEEP, paths: (day) => [`/1.2/user/-/sleep/date/${day}.json`] },
  {
    ...{ kind: 'spo2', scope: 'oxygen_saturation', measures: ['spo2'] },
    paths: (day) => [`/1/user/-/spo2/date/${day}/all.json`],
  },
  {
    ...{ kind: 'breathing', scope: 'respiratory_rate', measures: ['respiratory-rate'] },
    paths: (day) => [`/1/user/-/br/date/${day}.json`],
  },
  {
    ...{ kind: 'hrv', scope: 'heartrate', measures: ['hrv-rmssd'] },
    paths: (day) => [`/1/user/-/hrv/date/${day}.json`],
  },
];

/** What it notifies of under one name is more than one thing to ask for. */
const TOLD: Readonly<Record<string, readonly string[]>> = {
  activities: ['activities', 'heart'],
  body: ['body'],
  sleep: ['sleep', 'spo2', 'breathing', 'hrv'],
};

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

async function fetched({ kind, from = 0 }: What, reach: Reach): Promise<VendorAnswer<readonly string[]>> {
  const collection = COLLECTIONS.find((one) => one.kind === kind);
  if (!collection) return failure('refused');
  const texts: string[] = [];
  for (const path of collection.paths(dayOf(from))) {
    const answer = await ask(`${reach.endpoints.api}${path}`, reach, { headers: { 'Accept-Language': 'metric' } });
    if (!answer.ok) return answer;
    const value = parsed(answer.value);
    if (value === null) return failure('unavailable');
    // Its sum of a day does not say which day it is of.
    texts.push(value.summary === undefined ? answer.value : JSON.stringify({ ...value, date: dayOf(from) }));
  }
  return { ok: true, value: texts };
}

function eventsOf(one: Record<string, unknown>): VendorEvent[] {
  const [vendorUser, collection, date] = [textOf(one.ownerId), textOf(one.collectionType), textOf(one.date)];
  if (vendorUser === null || collection === null) return [];
  if (collection === 'userRevokedAccess' || collection === 'deleteUser')
    return [{ id: null, vendorUser, kind: 'ended' }];
  const from = date !== null && /^\d{4}-\d{2}-\d{2}$/.test(date) ? Date.parse(date) : Number.NaN;
  if (Number.isNaN(from)) return [];
  return (TOLD[collection] ?? []).map((kind) => ({
    id: null,
    vendorUser,
    kind: 'fetch',
    what: { kind, from, to: from + DAY },
  }));
}

/** Days that a first visit looks back: it takes 150 requests of one user in an hour. */
const BACK = 14;

const subscription = ({ api }: Endpoints, user: string): string =>
  `${api}/1/user/-/apiSubscriptions/portico-${encodeURIComponent(user)}.json`;

/** Its older API, which Google Health takes the place of. https://dev.fitbit.com/build/reference/web-api */
export const fitbit: Vendor = {
  id: 'fitbit',
  name: 'Fitbit',
  endpoints: {
    authorize: 'https://www.fitbit.com/oauth2/authorize',
    token: 'https://api.fitbit.com/oauth2/token',
    api: 'https://api.fitbit.com',
    revoke: 'https://api.fitbit.com/oauth2/revoke',
  },
  scopes: [...new Set(COLLECTIONS.map((one) => one.scope))].map((scope) => ({
    scope,
    measures: COLLECTIONS.filter((one) => one.scope === scope).flatMap(({ measures }) => measures),
  })),
  oauth: {
    ...{ pkce: true, separator: ' ', clientAuthentication: 'basic', authorize: {}, token: {} },
    async user({ user_id: user }) {
      return typeof user === 'string' && user !== '' ? { ok: true, value: user } : failure('unavailable');
    },
  },
  webhook: {
    ...{ inPath: false, accepted: 204, within: 5000 },
    challenge({ method, query }, { webhookSecret }) {
      // It asks twice, once with a wrong code.
      if (method !== 'GET') return null;
      return answered(isSecret(query.get('verify'), webhookSecret) ? 204 : 404);
    },
    verify: ({ header, body }, { clientSecret }) =>
      isSecret(header('x-fitbit-signature'), hmac('sha1', `${clientSecret}&`, [body], 'base64'))
        ? fine
        : wrong('The signature is not of this body, by our secret'),
    events({ body }) {
      const list = jsonOf(body);
      return Array.isArray(list) && list.length <= 1000 ? objectsOf(list).flatMap(eventsOf) : null;
    },
  },
  between(from, to, measures) {
    const wanted = COLLECTIONS.filter((one) => measures === null || one.measures.some((id) => measures.includes(id)));
    const last = Date.parse(dayOf(to));
    const first = Math.max(Date.parse(dayOf(from)), last - BACK * DAY);
    const days = Array.from({ length: (last - first) / DAY + 1 }, (_, day) => last - day * DAY);
    return days.flatMap((day) => wanted.map(({ kind }) => ({ kind, from: day, to: day + DAY })));
  },
  fetch: fetched,
  async subscribe(_, reach) {
    // Its address is set up with it once for all users.
    const done = await ask(subscription(reach.endpoints, reach.user), reach, { method: 'POST' });
    return done.ok ? { ok: true, value: { until: null } } : done;
  },
  async revoke(_, reach) {
    const ended = await ask(subscription(reach.endpoints, reach.user), reach, { method: 'DELETE' });
    if (!ended.ok && ended.reason !== 'unauthorized' && ended.reason !== 'refused') return ended;
    const form = { token: reach.access };
    return revoked(await ask(reach.endpoints.revoke, reach, { method: 'POST', form, as: 'basic' }));
  },
};
