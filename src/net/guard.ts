import { type LookupAddress, type LookupOptions, lookup as resolve } from 'node:dns';
import { isIP } from 'node:net';
import { Agent, request } from 'undici';

import { isPublicAddress } from './addresses.ts';
import type { Fetched, GuardedFetch, GuardOptions } from './guarded-fetch.ts';

type Found = (error: Error | null, address: string | LookupAddress[], family?: number) => void;

/** dns.lookup, for all addresses. */
type Look = (
  host: string,
  options: LookupOptions & { all: true },
  found: (error: Error | null, addresses: LookupAddress[]) => void,
) => void;

class Refused extends Error {}

const LIMIT = 256 * 1024;
const DEADLINE = 5000;

/** What a host may resolve to is looked at when the connection is made, with the very addresses that it will use. */
const guardedLookup =
  (look: Look) =>
  (host: string, options: LookupOptions, found: Found): void => {
    look(host, { ...options, all: true }, (error, addresses) => {
      if (error) return found(error, []);
      const closed = addresses.length === 0 || addresses.some(({ address }) => !isPublicAddress(address));
      if (closed) return found(new Refused('it leads into a network that is not public'), []);
      const [first] = addresses;
      return options.all ? found(null, addresses) : found(null, first?.address ?? '', first?.family);
    });
  };

const portOf = ({ port, protocol }: URL): string => port || (protocol === 'https:' ? '443' : '80');

/** What is wrong with a URL before anything is connected to. */
function urlFault(url: URL | null, isAllowed: boolean): string | null {
  if (!url || !/^https?:$/.test(url.protocol)) return 'it is not an https URL';
  if (url.username || url.password) return 'it has a user name or a password in it';
  if (isAllowed) return null;
  if (url.protocol !== 'https:') return 'it is not an https URL';
  if (url.port !== '' && Number(url.port) < 1024) return 'its port is one of another service';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  // An address in the place of a name is connected to without being looked up.
  if (isIP(host) !== 0 && !isPublicAddress(host)) return 'it leads into a network that is not public';
  return null;
}

async function whole(body: AsyncIterable<Uint8Array>, limit: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > limit) throw new Refused(`what is there is longer than ${limit} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/**
 * The only way to a URL that somebody else supplied: https to a public address, no redirects, no compression, few bytes, little
 * time.
 *
 * @param allow host or host:port of the network inside that the operator permits, http too
 */
export function createGuardedFetch({ allow, look = resolve }: { allow: readonly string[]; look?: Look }): GuardedFetch {
  const permitted = new Set(allow.map((one) => one.toLowerCase()));
  const common = { connections: 4, pipelining: 1, maxHeaderSize: 16 * 1024 };
  const guarded = new Agent({ ...common, connect: { lookup: guardedLookup(look) as never, timeout: DEADLINE } });
  const open = new Agent({ ...common, connect: { timeout: DEADLINE } });

  async function get(url: URL, isAllowed: boolean, options: GuardOptions): Promise<Fetched> {
    const { limit = LIMIT, deadline = DEADLINE, method = 'GET', headers = {}, body } = options;
    const answer = await request(url, {
      dispatcher: isAllowed ? open : guarded,
      method,
      headers: { Accept: 'application/json', ...headers, 'Accept-Encoding': 'identity' },
      ...(body === undefined ? {} : { body }),
      signal: AbortSignal.timeout(deadline),
    });
    // A body that is given up emits an error, which would end the process if nobody listened.
    answer.body.on('error', () => undefined);
    const one = (name: string): string | null => {
      const value = answer.headers[name];
      return Array.isArray(value) ? value.join(', ') : (value ?? null);
    };
    const { statusCode: status } = answer;
    const wrong =
      status >= 300 && status < 400
        ? 'it answers with a redirect, and those are not followed'
        : /^(identity)?$/i.test(one('content-encoding') ?? '')
          ? null
          : 'it answers with compressed content that was not asked for';
    if (wrong) {
      answer.body.destroy();
      throw new Refused(wrong);
    }
    const text = await whole(answer.body, limit);
    const [contentType, cacheControl, retryAfter] = [one('content-type'), one('cache-control'), one('retry-after')];
    return { status, contentType, cacheControl, retryAfter, text };
  }

  return async (text, options = {}) => {
    const url = URL.parse(text);
    const isAllowed =
      url !== null && [url.hostname, `${url.hostname}:${portOf(url)}`].some((one) => permitted.has(one));
    const fault = urlFault(url, isAllowed);
    if (fault !== null || url === null) return { ok: false, reason: fault ?? 'it is not a URL' };
    try {
      return { ok: true, value: await get(url, isAllowed, options) };
    } catch (error) {
      // Whatever goes wrong at the other end is no fault of ours; which host did what is nobody's business.
      if (error instanceof Refused) return { ok: false, reason: error.message };
      if (error instanceof Error && error.name === 'TimeoutError')
        return { ok: false, reason: 'it did not answer in time' };
      return { ok: false, reason: 'it could not be reached' };
    }
  };
}
