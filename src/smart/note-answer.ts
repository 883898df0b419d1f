import type { Client } from './clients/client.ts';
import type { SmartContext } from './context.ts';
import type { Answer, SmartRequest } from './endpoint.ts';
import { noteRefusal } from './refusals.ts';

/** Notes for the developer of an app with what error it was answered. @param answer made by oauthError */
export function noteAnswer(
  context: SmartContext,
  { tenant, path }: SmartRequest,
  { id: clientId }: Pick<Client, 'id'>,
  { body }: Answer,
): void {
  const { error, error_description: reason } = JSON.parse(body) as { error: string; error_description: string };
  noteRefusal(context, { tenant, clientId, place: path, error, reason });
}
