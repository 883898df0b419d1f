import { isJson } from '../formats/json.ts';
import type { Reach, VendorAnswer, VendorFailure } from './vendor.ts';

/** Bytes of one answer, and ms for it. */
const LIMIT = 8 * 2 ** 20;
const DEADLINE = 20_000;

/** Pages of one collection: a vendor that says "more" for ever is not believed. */
export const PAGES = 200;

export type AskOptions = {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Sent as a form. */
  form?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  json?: unknown;
  headers?: Readonly<Record<string, string>>;
  /** Basic: as the client; bearer: with the token of the user; none. */
  as?: 'bearer' | 'basic' | 'none';
};

export const failure = (reason: VendorFailure['reason'], retryAfter: number | null = null): VendorFailure => ({
  ok: false,
  reason,
  retryAfter,
});

/** Seconds of a Retry-After; null: there is none. https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3 */
function seconds(text: string | null, now: number): number | null {
  if (text === null || text === '') return null;
  if (/^\d{1,6}$/.test(text)) return Number(text);
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : Math.max(0, Math.ceil((at - now) / 1000));
}

const basic = ({ settings: { clientId, clientSecret } }: Reach): string =>
  `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`;

/**
 * Asks a vendor, through the guarded fetch.
 *
 * @returns its text, of any 2xx
 */
export async function ask(url: string, reach: Reach, options: AskOptions = {}): Promise<VendorAnswer<string>> {
  const { method = 'GET', form, json, as = 'bearer' } = options;
  const authorization = { bearer: `Bearer ${reach.access}`, basic: basic(reach), none: null }[as];
  const body = form ? new URLSearchParams(form).toString() : json === undefined ? null : JSON.stringify(json);
  const type = form ? 'application/x-www-form-urlencoded' : 'application/json';
  const asked = await reach.fetch(url, {
    method,
    limit: LIMIT,
    deadline: DEADLINE,
    headers: {
      ...(authorization === null ? {} : { Authorization: authorization }),
      ...(body === null ? {} : { 'Content-Type': type }),
      ...options.headers,
    },
    ...(body === null ? {} : { body }),
  });
  if (!asked.ok) return failure('unavailable');
  const { status, text, retryAfter } = asked.value;
  if (status >= 200 && status < 300) return { ok: true, value: text };
  if (status === 401) return failure('unauthorized');
  if (status === 429) return failure('rate-limited', seconds(retryAfter ?? null, reach.now));
  if (status >= 500) return failure('unavailable', seconds(retryAfter ?? null, reach.now));
  return failure('refused');
}

/** What a vendor's text is as JSON; undefined: it is none. */
export function jsonOf(text: string | Uint8Array): unknown {
  try {
    return JSON.parse(typeof text === 'string' ? text : Buffer.from(text).toString('utf8'));
  } catch {
    return undefined;
  }
}

/** The object that a vendor's text is; null: it is none. */
export function parsed(text: string | Uint8Array): Record<string, unknown> | null {
  const value = jsonOf(text);
  return isJson(value) ? value : null;
}

/** As `ask`, and what is no JSON object is a fault of the vendor's. */
export async function askJson(
  url: string,
  reach: Reach,
  options: AskOptions = {},
): Promise<VendorAnswer<Record<string, unknown>>> {
  const answer = await ask(url, reach, options);
  if (!answer.ok) return answer;
  const value = parsed(answer.value);
  return value === null ? failure('unavailable') : { ok: true, value };
}

/** What of a vendor's answer is not as it should be is no matter of retrying: a token that is no token any more is revoked. */
export const revoked = (answer: VendorAnswer<unknown>): VendorAnswer<null> =>
  answer.ok || answer.reason === 'unauthorized' || answer.reason === 'refused' ? { ok: true, value: null } : answer;
