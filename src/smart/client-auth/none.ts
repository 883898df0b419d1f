import type { ClientAuth } from './client-auth.ts';

/** A public app: its code and its PKCE verifier are all it has. */
export const none: ClientAuth = {
  method: 'none',
  claims: ({ form, header }) =>
    form.has('client_secret') || form.has('client_assertion') || /^basic /i.test(header('authorization') ?? '')
      ? null
      : form.get('client_id'),
  async check(_context, _request, client) {
    return { ok: true, value: client };
  },
};
