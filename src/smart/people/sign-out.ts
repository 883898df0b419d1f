import { redirect } from '../answers.ts';
import { noteSecurityEvent } from '../audit.ts';
import type { SmartContext } from '../context.ts';
import type { Endpoint, SmartRequest } from '../endpoint.ts';
import { endSession } from './end-sessions.ts';
import { setCookie } from './session-cookie.ts';
import { sessionOf } from './sessions.ts';
import { pagePath } from './sign-in.ts';
import { freshForm } from './stale-form.ts';

/** Signs out whoever is signed in in this browser. @returns the cookies that say so */
export async function signOut(context: SmartContext, request: SmartRequest): Promise<string[]> {
  const { tenant, address } = request;
  const session = await sessionOf(context, request);
  if (session) {
    await endSession(context, tenant, session.id, 'The user signed out');
    void noteSecurityEvent(context, { tenant, kind: 'signed-out', user: session.user, address, why: 'Signed out' });
  }
  return [setCookie(context, request, '', 'session', 0)];
}

export const signOutPost: Endpoint = {
  method: 'POST',
  path: '/account/sign-out',
  origin: 'own',
  async run(context, request) {
    const signIn = (done: string | null) => pagePath(context, request.tenant, '/account/sign-in', { done });
    const fresh = await freshForm(context, request, signIn(null));
    if (!fresh.ok) return fresh.answer;
    return redirect(signIn('signed-out'), await signOut(context, request));
  },
};
