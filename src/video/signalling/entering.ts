import type { IncomingMessage } from 'node:http';

import type { FhirContext } from '../../fhir/context.ts';
import { forbidden, invalid, type Result, tooManyRequests } from '../../fhir/outcome.ts';
import { consumeJoinToken, type Entering } from '../people/join-token.ts';
import { networkOf } from '../people/limit.ts';
import { createAttempts } from './bucket.ts';
import { protocol } from './messages.ts';

const tooMany = { ...tooManyRequests('Sockets are asked for too often from there'), headers: { 'Retry-After': '10' } };

/** The token that came as a sub-protocol: `sig.v1, join.<jwt>`. In an address it would be in logs. */
function tokenOf({ headers }: IncomingMessage): string | null {
  const offered = (headers['sec-websocket-protocol'] ?? '').split(',').map((one) => one.trim());
  const joins = offered.filter((one) => one.startsWith('join.'));
  const [join] = joins;
  return offered.includes(protocol) && join !== undefined && joins.length === 1 ? join.slice('join.'.length) : null;
}

/**
 * Whether a page of ours asks, or no page. Browsers always say where a page is from. Who says nothing is another program: it
 * acts for no visitor who does not know of it, as long as it has no cookies, which only a browser would send by itself.
 */
const isFromUs = ({ headers }: IncomingMessage, origins: readonly string[]): boolean =>
  headers.origin === undefined ? headers.cookie === undefined : origins.includes(headers.origin);

export type Entry = (incoming: IncomingMessage, tenant: number, address: string) => Promise<Result<Entering>>;

/**
 * Decides who may open a socket: 400 without the sub-protocols, 403 for a page of another site, 429 what comes too often, and what
 * consumeJoinToken refuses. What costs nothing is looked at first.
 */
export function createEntry(context: FhirContext, origins: readonly string[]): Entry {
  const mayAsk = createAttempts();
  return async (incoming, tenant, address) => {
    const network = networkOf(address);
    if (!mayAsk(network, performance.now())) return tooMany;
    if (!isFromUs(incoming, origins)) return forbidden('A page of another site opens no socket here');
    const token = tokenOf(incoming);
    if (token === null) return invalid(`The sub-protocols must be ${protocol} and join.[token of $video-join]`);
    return consumeJoinToken(context, tenant, token);
  };
}
