import type { OAuthErrorCode } from '../answers.ts';
import type { Client } from '../clients/client.ts';
import type { SmartContext } from '../context.ts';
import type { Place } from '../tokens/tokens.ts';
import type { AuthorizationRequest } from './request.ts';

/** What an app sent, and what it is held against. */
export type Asked = {
  context: SmartContext;
  tenant: number;
  place: Place;
  client: Client;
  parameters: URLSearchParams;
  /** Whether the app proved who it is when it sent them (RFC 9126). */
  pushed: boolean;
};

export type CheckError = { error: OAuthErrorCode; description: string };

/** What one check adds to the request, or why it is refused. */
export type Checked =
  | { ok: true; value: Partial<AuthorizationRequest> }
  | { ok: false; error: OAuthErrorCode; description: string };

/** One check of an authorization request, after its client and redirect_uri are known: its refusal goes to the app. */
export type Check = (asked: Asked) => Checked | Promise<Checked>;

export const refused = (error: OAuthErrorCode, description: string): Checked => ({ ok: false, error, description });

export const passed = (value: Partial<AuthorizationRequest> = {}): Checked => ({ ok: true, value });

/** A parameter without a value is treated as if it were not there. https://www.rfc-editor.org/rfc/rfc6749#section-3.1 */
export const parameter = ({ parameters }: Pick<Asked, 'parameters'>, name: string): string | null =>
  parameters.get(name) || null;
