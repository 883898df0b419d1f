import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

import type { Target } from '../../db/target.ts';
import type { FhirContext } from '../../fhir/context.ts';
import { unavailable } from '../../fhir/outcome.ts';
import type { Providers } from '../providers/provider.ts';
import { refuseUpgrade } from './refuse.ts';

/** A fault of ours, or something an operator wants to know of; never what was said, nor a token. */
export type Log = { warn(about: object, text: string): void; error(about: object, text: string): void };

export type SignallingOptions = {
  /** Where pages may come from that open sockets here: `https://host`. */
  origins: readonly string[];
  /** The database again: what is told by it is heard on a connection of its own. */
  target: Target;
  log: Log;
  /** Whose address a request is from, behind a proxy as well. */
  addressOf(incoming: IncomingMessage): string;
};

export type Signalling = {
  /** Answers who asks for a WebSocket of a visit, or refuses them. */
  upgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer, tenant: number): void;
  /** Sends everybody to another process, and takes nobody any more. */
  close(): Promise<void>;
};

export function createSignalling(
  _context: FhirContext,
  _providers: Providers,
  _options: SignallingOptions,
): Signalling {
  return {
    upgrade(_incoming, socket) {
      refuseUpgrade(socket, unavailable('There are no visits by video here yet'));
    },
    async close() {},
  };
}
