import type { Client, ClientAuthMethod } from '../clients/client.ts';
import type { SmartContext } from '../context.ts';
import type { SmartRequest, Step } from '../endpoint.ts';

/** One way in which an app shows who it is. */
export type ClientAuth = {
  method: ClientAuthMethod;
  /** The client_id that a request names in this way; null where it does not use it. */
  claims(request: SmartRequest): string | null;
  /** Whether it is that client. A refusal says what was wrong, and nothing of whether there is such a client. */
  check(context: SmartContext, request: SmartRequest, client: Client): Promise<Step<Client>>;
};
