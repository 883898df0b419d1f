import type { Endpoint } from '../endpoint.ts';
import { passkeyRefusedPage } from '../pages/passkey-offers.ts';
import { checkCsrf, csrfOf } from '../people/sessions.ts';
import { finishSignIn, safePath } from '../people/sign-in.ts';
import { findUser } from '../people/users.ts';
import { checkPasskey } from './passkeys.ts';

/**
 * Signs in whoever shows a passkey, in place of a password or behind one: the device has checked who holds it, so it is
 * something they have and something they are or know at once.
 */
export const passkeySignIn: Endpoint = {
  method: 'POST',
  path: '/account/sign-in/passkey',
  origin: 'own',
  async run(context, request) {
    const { tenant, form } = request;
    const next = safePath(form.get('next'));
    if (!checkCsrf(context, request)) return passkeyRefusedPage(request, next);
    const { browser } = csrfOf(context, request);
    const userId = await checkPasskey(context, tenant, browser, form.get('credential') ?? '', null);
    const user = userId === null ? null : await findUser(context.database.byKey, tenant, userId);
    if (!user || user.disabled) return passkeyRefusedPage(request, next);
    return finishSignIn(context, request, user, ['hwk'], next);
  },
};
