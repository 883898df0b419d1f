import { isJson, objectsOf, textOf } from '../formats/json.ts';
import { ask, askJson, failure, jsonOf, PAGES, parsed, revoked } from './ask.ts';
import { answered, fine, isSecret, wrong } from './signature.ts';
import { isSignedBy, type TinkKey, tinkKeys } from './tink.ts';
import type { Reach, Vendor, VendorAnswer, VendorEvent, VendorWebhook, What } from './vendor.ts';

const ACTIVITY = 'activity_and_fitness';
const METRICS = 'health_metrics_and_measurements';
const SLEEP = 'sleep';

/** Its data types. `at`: what of a point its filter asks by. https://developers.google.com/health/data-types */
const TYPES: readonly { kind: string; scope: string; at: string; measures: readonly string[] }[] = [
  { kind: 'steps', scope: ACTIVITY, at: 'interval.start_time', measures: ['steps'] },
  { kind: 'distance', scope: ACTIVITY, at: 'interval.start_time', measures: ['walking-running-distance'] },
  { kind: 'floors', scope: ACTIVITY, at: 'interval.start_time', measures: ['flights-climbed'] },
  { kind: 'active-energy-burned', scope: ACTIVITY, at: 'interval.start_time', measures: ['active-energy'] },
  {
    ...{ kind: 'exercise', scope: ACTIVITY, at: 'interval.civil_start_time' },
    measures: ['exercise-session-type', 'exercise-duration', 'calories-in-exercise', 'exercise-hr-mean'],
  },
  { kind: 'vo2-max', scope: ACTIVITY, at: 'sample_time.physical_time', measures: ['vo2-max'] },
  { kind: 'heart-rate', scope: METRICS, at: 'sample_time.physical_time', measures: ['heart-rate'] },
  { kind: 'heart-rate-variability', scope: METRICS, at: 'sample_time.physical_time', measures: ['hrv-rmssd'] },
  { kind: 'oxygen-saturation', scope: METRICS, at: 'sample_time.physical_time', measures: ['spo2'] },
  { kind: 'weight', scope: METRICS, at: 'sample_time.physical_time', measures: ['body-weight'] },
  { kind: 'body-fat', scope: METRICS, at: 'sample_time.physical_time', measures: ['body-fat'] },
  { kind: 'daily-resting-heart-rate', scope: METRICS, at: 'date', measures: ['resting-heart-rate'] },
  { kind: 'daily-respiratory-rate', scope: METRICS, at: 'date', measures: ['respiratory-rate'] },
  {
    ...{ kind: 'sleep', scope: SLEEP, at: 'interval.civil_end_time' },
    measures: ['sleep-duration', 'rem-sleep', 'deep-sleep', 'light-sleep'],
  },
];

const typeOf = (kind: string) => TYPES.find((one) => one.kind === kind);

/** https://google.aip.dev/160 */
function filterOf(kind: string, at: string, from: number, to: number): string {
  const isCivil = at === 'date' || at.includes('civil');
  const DAY = 86_400_000;
  const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
  // A day of the user's begins before one of UTC, and ends after it.
  const [first, last] = isCivil
    ? [day(from - DAY / 2), day(to + DAY * 1.5)]
    : [new Date(from).toISOString(), new Date(to + 1000).toISOString()];
  const field = `${kind.replaceAll('-', '_')}.${at}`;
  return `${field} >= "${first}" AND ${field} < "${last}"`;
}

async function fetched({ kind, from = 0, to = 0 }: What, reach: Reach): Promise<VendorAnswer<readonly string[]>> {
  const type = typeOf(kind);
  if (!type) return failure('refused');
  const place = `${reach.endpoints.api}/v4/users/me/dataTypes/${kind}/dataPoints`;
  const texts: string[] = [];
  let token: string | null = null;
  for (let page = 0; page < PAGES; page += 1) {
    const query: Record<string, string> = {
      ...{
        filter: filterOf(kind, type.at, from, to),
        pageSize: kind === 'sleep' || kind === 'exercise' ? '25' : '5000',
      },
      ...(token === null ? {} : { pageToken: token }),
    };
    const answer = await ask(`${place}?${new URLSearchParams(query)}`, reach);
    if (!answer.ok) return answer;
    const value = parsed(answer.value);
    if (value === null) return failure('unavailable');
    if (value.dataPoints !== undefined) texts.push(answer.value);
    token = textOf(value.nextPageToken);
    if (token === null) break;
  }
  return { ok: true, value: texts };
}

/**
 * What it says was deleted it names by a span alone: what is in that span now is fetched, and what it deleted stays as it was
 * read. Of the records that have names it is not said which.
 */
function eventsOf(one: unknown): VendorEvent[] {
  const data = isJson(one) && isJson(one.data) ? one.data : {};
  const [vendorUser, kind] = [textOf(data.healthUserId), textOf(data.dataType)];
  if (vendorUser === null || kind === null || !typeOf(kind)) return [];
  return objectsOf(data.intervals).flatMap((interval): VendorEvent[] => {
    const { startTime, endTime } = isJson(interval.physicalTimeInterval) ? interval.physicalTimeInterval : {};
    const [from, to] = [Date.parse(textOf(startTime) ?? ''), Date.parse(textOf(endTime) ?? '')];
    const isSpan = from <= to && to - from < 400 * 86_400_000;
    return isSpan ? [{ id: null, vendorUser, kind: 'fetch', what: { kind, from, to } }] : [];
  });
}

/** A keyset is read once. */
const known = new Map<string, readonly TinkKey[]>();

function keysOf(keyset: string): readonly TinkKey[] {
  const found = known.get(keyset) ?? tinkKeys(keyset) ?? [];
  known.set(keyset, found);
  return found;
}

const webhook: VendorWebhook = {
  ...{ inPath: false, accepted: 204, within: 10_000 },
  challenge({ method, header, body }, { webhookSecret }) {
    // It asks twice, once without its Authorization; a 204 it does not take.
    if (method !== 'POST' || body.length > 1000) return null;
    const sent = jsonOf(body);
    if (!isJson(sent) || sent.type !== 'verification') return null;
    return answered(isSecret(header('authorization'), webhookSecret) ? 201 : 401);
  },
  verify({ header, body }, { webhookSecret, keyset }) {
    if (keyset !== undefined) {
      const signature = header('x-healthapi-signature') ?? header('google-health-api-signature');
      const isSigned = isSignedBy(keysOf(keyset), body, signature);
      return isSigned ? fine : wrong('The signature is not of this body, by a key of Google Health');
    }
    return isSecret(header('authorization'), webhookSecret) ? fine : wrong('The Authorization is not the one we gave');
  },
  events({ body }) {
    const sent = jsonOf(body);
    const list: readonly unknown[] | null = Array.isArray(sent) ? sent : isJson(sent) ? [sent] : null;
    return list === null || list.length > 1000 ? null : list.flatMap(eventsOf);
  },
};

/** https://developers.google.com/health */
export const googleHealth: Vendor = {
  id: 'google-health',
  name: 'Google Health',
  endpoints: {
    authorize: 'https://accounts.google.com/o/oauth2/v2/auth',
    token: 'https://oauth2.googleapis.com/token',
    api: 'https://health.googleapis.com',
    revoke: 'https://oauth2.googleapis.com/revoke',
  },
  scopes: [ACTIVITY, METRICS, SLEEP].map((name) => ({
    scope: `https://www.googleapis.com/auth/googlehealth.${name}.readonly`,
    measures: TYPES.filter(({ scope }) => scope === name).flatMap(({ measures }) => measures),
  })),
  oauth: {
    ...{ pkce: true, separator: ' ', clientAuthentication: 'post', token: {} },
    // Else it gives a token that ends within the hour, and none to renew it by.
    authorize: { access_type: 'offline', prompt: 'consent' },
    async user(_, reach) {
      const answer = await askJson(`${reach.endpoints.api}/v4/users/me/identity`, reach);
      if (!answer.ok) return answer;
      const id = textOf(answer.value.healthUserId);
      return id === null ? failure('unavailable') : { ok: true, value: id };
    },
  },
  webhook,
  between: (from, to, measures) =>
    TYPES.filter((one) => measures === null || one.measures.some((id) => measures.includes(id))).map(({ kind }) => ({
      kind,
      from,
      to,
    })),
  fetch: fetched,
  // Who subscribes is a service account of the operator's, once for all users.
  subscribe: async () => ({ ok: true, value: { until: null } }),
  async revoke(_, reach) {
    const form = { token: reach.access };
    return revoked(await ask(reach.endpoints.revoke, reach, { method: 'POST', form, as: 'none' }));
  },
};
