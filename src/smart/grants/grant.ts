import type { Client, GrantType } from '../clients/client.ts';
import type { SmartContext } from '../context.ts';
import type { Answer, SmartRequest } from '../endpoint.ts';

/** What every grant type is asked with: the app is authenticated, and its key proven where it sent a proof. */
export type TokenAsk = {
  context: SmartContext;
  request: SmartRequest;
  client: Client;
  /** Thumbprint of the key that the token shall be bound to. */
  jkt: string | null;
};

/** A way to get a token. https://www.rfc-editor.org/rfc/rfc6749#section-1.3 */
export type TokenGrant = { type: GrantType; run(ask: TokenAsk): Promise<Answer> };
