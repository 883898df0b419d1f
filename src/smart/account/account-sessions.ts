import { redirect } from '../answers.ts';
import { pathIn } from '../developer/visitor.ts';
import type { Endpoint } from '../endpoint.ts';
import { accountNotice } from '../pages/account-notice.ts';
import { endSession, endSessionsOfUser } from '../people/end-sessions.ts';
import { sessionsOfUser } from '../people/sessions.ts';
import { backWith, securityPath, sentBy, signedIn } from './account-guard.ts';

const why = 'The person signed out from their list of sessions';

/** Ends one session of those listed, or all of them, and what apps were granted for as long as they last. */
export const endSessions: Endpoint = {
  method: 'POST',
  path: `${securityPath}/sessions`,
  origin: 'own',
  async run(context, request) {
    const { tenant, form, place } = request;
    const sent = await sentBy(context, request, signedIn);
    if (!sent.ok) return sent.answer;
    const { user, id: here } = sent.value;
    if (form.get('end') === 'all') {
      await endSessionsOfUser(context, tenant, user.id, null, why);
      return redirect(pathIn(place, '/account/sign-in'));
    }
    const listed = await sessionsOfUser(context, tenant, user.id);
    const ended = listed.find(({ id }) => id === form.get('end'));
    if (!ended) return accountNotice(request, 'gone', 404);
    await endSession(context, tenant, ended.id, why);
    return ended.id === here ? redirect(pathIn(place, '/account/sign-in')) : backWith(request, 'session');
  },
};
