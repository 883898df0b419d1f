import type { Endpoint } from '../endpoint.ts';
import { accountPage } from '../pages/account.ts';
import { signedIn } from './account-guard.ts';

/** Who somebody is here, whose record they have, and where to go from there. */
export const account: Endpoint = {
  method: 'GET',
  path: '/account',
  origin: 'link',
  async run(context, request) {
    const session = await signedIn(context, request, '/account');
    return session.ok ? accountPage(context, request, session.value) : session.answer;
  },
};
