import { timingSafeEqual } from 'node:crypto';

import type { Client } from '../clients/client.ts';
import type { SmartRequest } from '../endpoint.ts';
import { sha256 } from '../random.ts';
import type { ClientAuth } from './client-auth.ts';
import { refuseClient } from './refuse.ts';

/** Both halves are form-encoded before they are joined. https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1 */
function basic({ header }: SmartRequest): { id: string; secret: string } | null {
  const [, encoded] = /^basic\b *(.*)$/i.exec(header('authorization') ?? '') ?? [];
  if (encoded === undefined) return null;
  const [id, ...rest] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  const decoded = [id ?? '', rest.join(':')].map((text) =>
    new URLSearchParams(`v=${text.replaceAll('&', '%26')}`).get('v'),
  );
  return { id: decoded[0] ?? '', secret: decoded[1] ?? '' };
}

const isSecret = ({ secretHash }: Client, secret: string): boolean =>
  secretHash !== null && timingSafeEqual(Buffer.from(sha256(secret)), Buffer.from(secretHash));

export const clientSecretBasic: ClientAuth = {
  method: 'client_secret_basic',
  claims: (request) => basic(request)?.id ?? null,
  async check(_context, request, client) {
    const given = basic(request);
    if (request.form.has('client_id') && request.form.get('client_id') !== given?.id) {
      return refuseClient('client_id in the body is another than in the Authorization header', true);
    }
    return given && isSecret(client, given.secret)
      ? { ok: true, value: client }
      : refuseClient('The client is not known, or its secret is wrong', true);
  },
};

export const clientSecretPost: ClientAuth = {
  method: 'client_secret_post',
  claims: ({ form }) => (form.has('client_secret') ? form.get('client_id') : null),
  async check(_context, { form }, client) {
    return isSecret(client, form.get('client_secret') ?? '')
      ? { ok: true, value: client }
      : refuseClient('The client is not known, or its secret is wrong');
  },
};
