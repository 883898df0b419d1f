import type { Problem } from '../../pages/form.ts';
import { redirect } from '../answers.ts';
import type { SmartContext } from '../context.ts';
import { pathIn } from '../developer/visitor.ts';
import type { Answer, Endpoint, SmartRequest } from '../endpoint.ts';
import { done } from '../pages/account-words.ts';
import { securityPage } from '../pages/security.ts';
import { recoveryCodesLeft } from '../people/recovery-codes.ts';
import { sessionsOfUser } from '../people/sessions.ts';
import type { Session } from '../people/user.ts';
import { isRecent, securityPath, signedIn, signInPath } from './account-guard.ts';
import { linksOf } from './federation.ts';
import { passkeysOf, passkeysPossible } from './passkeys.ts';

/** The page of what guards an account, with what was wrong in the form that was sent from it. */
export async function showSecurity(
  context: SmartContext,
  request: SmartRequest,
  session: Session,
  problems: readonly Problem[] = [],
): Promise<Answer> {
  const { tenant, query } = request;
  const { user } = session;
  const [passkeys, sessions, links, codesLeft] = await Promise.all([
    passkeysOf(context.database, tenant, user.id),
    sessionsOfUser(context, tenant, user.id),
    linksOf(context.database, tenant, user.id),
    recoveryCodesLeft(context, user),
  ]);
  return securityPage(context, request, session, {
    passkeys: { possible: passkeysPossible(context), all: passkeys },
    sessions,
    links,
    providers: context.settings.providers,
    codesLeft,
    signInAgain: isRecent(context, session) ? null : signInPath(request, securityPath, true),
    done: problems.length > 0 ? null : (done.find((one) => one === query.get('done')) ?? null),
    problems,
  });
}

export const security: Endpoint = {
  method: 'GET',
  path: securityPath,
  origin: 'link',
  async run(context, request) {
    const session = await signedIn(context, request, securityPath);
    return session.ok ? showSecurity(context, request, session.value) : session.answer;
  },
};

/** Addresses that forms are sent to: whoever opens one, by changing the language of its answer, finds the page again. */
export const formsOnly: readonly Endpoint[] = ['/password', '/codes', '/sessions', '/passkeys', '/totp/remove'].map(
  (path) => ({
    method: 'GET',
    path: `${securityPath}${path}`,
    origin: 'link',
    run: async (_context, { place }) => redirect(pathIn(place, securityPath)),
  }),
);
