import { isJson } from '../formats/json.ts';
import { askJson, failure, PAGES, revoked } from './ask.ts';
import { answered, fine, hmac, isSecret, wrong } from './signature.ts';
import type { Reach, Vendor, VendorAnswer, VendorEvent, What } from './vendor.ts';

const DAY = 86_400_000;

/** Its categories of notifications. https://developer.withings.com/developer-guide/v3/data-api/notifications/notification-content */
const MEASURES = ['1', '2', '4', '58'];
const ACTIVITY = '16';
const SLEEP = '44';
const USER = '46';
const APPLIS = [...MEASURES, ACTIVITY, SLEEP, USER];

/** Its days are short: what it has of every minute is asked for day by day, and of a week at most. */
const MINUTES_OF = 7;

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);
const secondsOf = (at: number): string => String(Math.floor(at / 1000));

/**
 * What it says in the `status` of an answer, all of which are 200.
 * https://developer.withings.com/api-reference/#section/Response-status
 */
function failureOf(status: unknown) {
  if (typeof status !== 'number') return failure('unavailable');
  if ((status >= 100 && status <= 102) || status === 200 || status === 401) return failure('unauthorized');
  if (status === 601) return failure('rate-limited', 60);
  // Of its own faults, and when it takes too long.
  if ([215, 226, 518, 521, 522, 524, 2551, 2552].includes(status)) return failure('unavailable');
  return failure('refused');
}

async function body(
  path: string,
  reach: Reach,
  form: Record<string, string>,
  as: 'bearer' | 'none' = 'bearer',
): Promise<VendorAnswer<Record<string, unknown>>> {
  const answer = await askJson(`${reach.endpoints.api}${path}`, reach, { method: 'POST', form, as });
  if (!answer.ok || answer.value.status === 0) return answer;
  return failureOf(answer.value.status);
}

const ASKED: Readonly<Record<string, { path: string; form(from: number, to: number): Record<string, string> }>> = {
  measures: {
    path: '/measure',
    form: (from, to) => ({ action: 'getmeas', category: '1', startdate: secondsOf(from), enddate: secondsOf(to) }),
  },
  activity: {
    path: '/v2/measure',
    form: (from, to) => ({
      action: 'getactivity',
      startdateymd: dayOf(from),
      enddateymd: dayOf(to),
      data_fields: 'steps,distance,soft,moderate,intense,calories,totalcalories,hr_max',
    }),
  },
  intraday: {
    path: '/v2/measure',
    form: (from, to) => ({
      action: 'getintradayactivity',
      startdate: secondsOf(from),
      enddate: secondsOf(to),
      data_fields: 'steps,calories,distance,heart_rate,spo2_auto',
    }),
  },
  sleep: {
    path: '/v2/sleep',
    form: (from, to) => ({
      action: 'getsummary',
      startdateymd: dayOf(from),
      enddateymd: dayOf(to),
      data_fields: 'total_sleep_time,lightsleepduration,deepsleepduration,remsleepduration,rr_average',
    }),
  },
};

async function fetched({ kind, from = 0, to = 0 }: What, reach: Reach): Promise<VendorAnswer<readonly string[]>> {
  const asked = ASKED[kind];
  if (!asked) return failure('refused');
  const texts: string[] = [];
  let offset: unknown;
  for (let page = 0; page < PAGES; page += 1) {
    const more: Record<string, string> = typeof offset === 'number' ? { offset: String(offset) } : {};
    const answer = await body(asked.path, reach, { ...asked.form(from, to), ...more });
    if (!answer.ok) return answer;
    texts.push(JSON.stringify(answer.value));
    const inner = isJson(answer.value.body) ? answer.value.body : {};
    offset = inner.offset;
    if (!inner.more) break;
  }
  return { ok: true, value: texts };
}

function eventsOf(form: URLSearchParams): VendorEvent[] {
  const [vendorUser, appli, date] = [form.get('userid') ?? '', form.get('appli') ?? '', form.get('date')];
  if (appli === USER)
    return /^(delete|unlink)$/.test(form.get('action') ?? '') ? [{ id: null, vendorUser, kind: 'ended' }] : [];
  const day = date !== null && /^\d{4}-\d{2}-\d{2}$/.test(date) ? Date.parse(date) : Number.NaN;
  const at = (name: string): number => Number(form.get(name) ?? Number.NaN) * 1000;
  // A day of the user is a day of UTC and some hours beside it.
  const [from, to] = Number.isNaN(day) ? [at('startdate'), at('enddate')] : [day - DAY / 2, day + DAY * 1.5];
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || from < 0 || to < from || to - from > 400 * DAY)
    return [];
  const event = (kind: string): VendorEvent => ({ id: null, vendorUser, kind: 'fetch', what: { kind, from, to } });
  if (MEASURES.includes(appli)) return [event('measures')];
  if (appli === SLEEP) return [event('sleep')];
  if (appli !== ACTIVITY) return [];
  return [
    event('activity'),
    ...daysOf(from, to).map((what): VendorEvent => ({ ...event('intraday'), what }) as VendorEvent),
  ];
}

const daysOf = (from: number, to: number): What[] => {
  const first = Math.max(from, to - MINUTES_OF * DAY);
  const days = Math.max(1, Math.ceil((to - first) / DAY));
  return Array.from({ length: days }, (_, day) => ({
    kind: 'intraday',
    from: first + day * DAY,
    to: Math.min(to, first + (day + 1) * DAY),
  }));
};

const BODY = [
  ...['body-weight', 'body-height', 'body-fat', 'lean-body-mass', 'blood-pressure', 'systolic-blood-pressure'],
  ...['diastolic-blood-pressure', 'body-temperature', 'wrist-skin-temperature', 'vo2-max', 'heart-rate', 'spo2'],
];
const MOVING = [
  ...['steps', 'steps-per-24-h', 'walking-running-distance', 'active-energy', 'calories-per-24-h', 'hr-max-in-24-h'],
  ...['moderate-minutes', 'vigorous-minutes', 'heart-rate', 'spo2'],
];
const SLEEPING = ['sleep-duration', 'rem-sleep', 'deep-sleep', 'light-sleep', 'respiratory-rate'];

/** https://developer.withings.com/api-reference */
export const withings: Vendor = {
  id: 'withings',
  name: 'Withings',
  endpoints: {
    authorize: 'https://account.withings.com/oauth2_user/authorize2',
    token: 'https://wbsapi.withings.net/v2/oauth2',
    api: 'https://wbsapi.withings.net',
    revoke: 'https://wbsapi.withings.net/v2/oauth2',
  },
  scopes: [
    { scope: 'user.metrics', measures: BODY },
    { scope: 'user.activity', measures: [...MOVING, ...SLEEPING] },
    { scope: 'user.info', measures: [] },
  ],
  oauth: {
    pkce: false,
    separator: ',',
    clientAuthentication: 'post',
    authorize: {},
    token: { action: 'requesttoken' },
    unwrap(answer) {
      if (!isJson(answer)) return null;
      if (answer.status === 0 && isJson(answer.body)) return { token_type: 'Bearer', ...answer.body };
      const { reason } = failureOf(answer.status);
      return reason === 'unavailable' || reason === 'rate-limited' ? null : { error: 'invalid_grant' };
    },
    async user(answered) {
      const { userid } = answered;
      const isUser = typeof userid === 'string' || typeof userid === 'number';
      return isUser ? { ok: true, value: String(userid) } : failure('unavailable');
    },
  },
  webhook: {
    inPath: true,
    accepted: 200,
    within: 2000,
    challenge({ method, secret }, { webhookSecret }) {
      // It asks once by HEAD whether the address is there.
      if (method !== 'HEAD' && method !== 'GET') return null;
      return answered(isSecret(secret, webhookSecret) ? 200 : 404);
    },
    verify: ({ secret }, { webhookSecret }) =>
      isSecret(secret, webhookSecret) ? fine : wrong('The address has not the secret of its end'),
    events({ body: bytes }) {
      if (bytes.length > 4096) return null;
      const form = new URLSearchParams(Buffer.from(bytes).toString('utf8'));
      return form.get('userid') && form.get('appli') ? eventsOf(form) : null;
    },
  },
  between(from, to, measures) {
    const wants = (of: readonly string[]): boolean => measures === null || of.some((id) => measures.includes(id));
    return [
      ...(wants(BODY) ? [{ kind: 'measures', from, to }] : []),
      ...(wants(MOVING) ? [{ kind: 'activity', from, to }, ...daysOf(from, to)] : []),
      ...(wants(SLEEPING) ? [{ kind: 'sleep', from, to }] : []),
    ];
  },
  fetch: fetched,
  async subscribe(callback, reach) {
    for (const appli of APPLIS) {
      const form = { action: 'subscribe', callbackurl: callback, appli, comment: 'portico' };
      const done = await body('/notify', reach, form);
      // 294: it is subscribed to already.
      if (!done.ok && done.reason !== 'refused') return done;
    }
    return { ok: true, value: { until: null } };
  },
  async revoke(callback, reach) {
    for (const appli of APPLIS) {
      const done = await body('/notify', reach, { action: 'revoke', callbackurl: callback, appli });
      if (!done.ok && done.reason === 'unauthorized') break;
      if (!done.ok && done.reason !== 'refused') return done;
    }
    return revoked(await revokeUser(reach));
  },
};

/** It wants each request signed, with something of its own in it. */
async function revokeUser(reach: Reach): Promise<VendorAnswer<unknown>> {
  const { clientId, clientSecret } = reach.settings;
  const sign = (...of: string[]): string => hmac('sha256', clientSecret, [of.join(',')], 'hex');
  const timestamp = secondsOf(reach.now);
  const asked = { action: 'getnonce', client_id: clientId, timestamp };
  const given = await body(
    '/v2/signature',
    reach,
    { ...asked, signature: sign('getnonce', clientId, timestamp) },
    'none',
  );
  if (!given.ok) return given;
  const nonce = isJson(given.value.body) ? given.value.body.nonce : undefined;
  if (typeof nonce !== 'string') return failure('unavailable');
  const form = { action: 'revoke', client_id: clientId, userid: reach.user, nonce };
  const signed = { ...form, signature: sign('revoke', clientId, nonce) };
  const url = reach.endpoints.revoke;
  const answer = await askJson(url, reach, { method: 'POST', form: signed, as: 'none' });
  if (!answer.ok || answer.value.status === 0) return answer;
  return failureOf(answer.value.status);
}
