import { clientAuths } from '../client-auth/index.ts';
import { refuseClient } from '../client-auth/refuse.ts';
import type { SmartContext } from '../context.ts';
import type { SmartRequest, Step } from '../endpoint.ts';
import { noteAnswer } from '../note-answer.ts';
import { type Client, isConfidential } from './client.ts';
import { findClient } from './clients.ts';

const isOf = (client: Client, method: string): boolean => {
  const registered = client.metadata.token_endpoint_auth_method;
  // RFC 6749 has a secret in the header or in the body as two ways of one thing.
  return method === registered || (/^client_secret_/.test(method) && /^client_secret_/.test(registered));
};

/**
 * Which registered app sends this request. It must use the method that it registered, and no other beside it.
 *
 * @returns invalid_client otherwise, in the same words whether or not there is such a client
 */
export async function authenticateClient(context: SmartContext, request: SmartRequest): Promise<Step<Client>> {
  const used = clientAuths.flatMap((one) => {
    const id = one.claims(request);
    return id === null ? [] : [{ one, id }];
  });
  const [first, second] = used;
  if (!first) {
    return refuseClient('Say which app this is: client_id, an Authorization header or a client_assertion', true);
  }
  const { one, id } = first;
  const basic = one.method === 'client_secret_basic';
  if (second) return refuseClient('Use one way of client authentication, not several', basic);
  const client = await findClient(context, request.tenant, id);
  if (!client || client.disabled) return refuseClient(unknown(one.method), basic);
  const answer = isOf(client, one.method)
    ? await one.check(context, request, client)
    : refuseClient(isConfidential(client) ? unknown(one.method) : 'This app is registered without a secret', basic);
  if (!answer.ok) noteAnswer(context, request, client, answer.answer);
  return answer;
}

const unknown = (method: string): string =>
  method === 'private_key_jwt'
    ? 'The client_assertion is not valid: iss must be the id of a client that is registered with keys'
    : 'The client is not known, or its secret is wrong';
