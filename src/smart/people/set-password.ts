import type { Problem } from '../../pages/form.ts';
import { pageAnswer } from '../../pages/page.ts';
import { redirect } from '../answers.ts';
import { noteSecurityEvent } from '../audit.ts';
import type { SmartContext } from '../context.ts';
import type { Answer, Endpoint, SmartRequest } from '../endpoint.ts';
import { linkGonePage } from '../pages/dead-ends.ts';
import { setPasswordPage } from '../pages/set-password.ts';
import { signInWords } from '../pages/sign-in-words.ts';
import { endSessionsOfUser } from './end-sessions.ts';
import { acceptInvitation, invitedUser } from './invitations.ts';
import { hashPassword, LONGEST, passwordProblem, SHORTEST } from './passwords.ts';
import { csrfOf } from './sessions.ts';
import { pagePath } from './sign-in.ts';
import { freshForm } from './stale-form.ts';
import type { User } from './user.ts';

const path = '/account/set-password';

const tokenOf = ({ query }: SmartRequest): string => query.get('invitation') ?? '';

const here = (context: SmartContext, request: SmartRequest): string =>
  pagePath(context, request.tenant, path, { invitation: tokenOf(request) });

const gone = (context: SmartContext, { tenant, language }: SmartRequest): Promise<Answer> =>
  pageAnswer(linkGonePage(language, pagePath(context, tenant, '/account/sign-in')), { status: 404 });

async function show(
  context: SmartContext,
  request: SmartRequest,
  user: User,
  problems: readonly Problem[],
  status = problems.length > 0 ? 422 : 200,
): Promise<Answer> {
  const csrf = csrfOf(context, request);
  const page = setPasswordPage({
    language: request.language,
    query: request.query,
    action: here(context, request),
    csrf: csrf.token,
    name: user.displayName,
    username: user.username,
    shortest: SHORTEST,
    problems,
  });
  return pageAnswer(page, { status, cookies: csrf.cookies });
}

/** Why the two fields are not taken, said for people. */
async function problemsOf({ form, language }: SmartRequest, user: User): Promise<Problem[]> {
  const say = signInWords[language];
  const password = form.get('password') ?? '';
  const problem = await passwordProblem(password, user);
  const messages = { short: say.short(SHORTEST), long: say.long(LONGEST), guessable: say.guessable };
  if (problem !== null) return [{ field: 'password', message: messages[problem] }];
  return password === form.get('again') ? [] : [{ field: 'again', message: say.different }];
}

/** Where a link of invitations.ts leads. */
export const setPasswordGet: Endpoint = {
  method: 'GET',
  path,
  origin: 'link',
  async run(context, request) {
    const user = await invitedUser(context, request.tenant, tokenOf(request));
    return user ? show(context, request, user, []) : gone(context, request);
  },
};

/** Sets the password and signs the user out wherever they were in: whoever knew the old one is out. */
export const setPasswordPost: Endpoint = {
  method: 'POST',
  path,
  origin: 'own',
  async run(context, request) {
    const { tenant, form, address } = request;
    const fresh = await freshForm(context, request, here(context, request));
    if (!fresh.ok) return fresh.answer;
    const user = await invitedUser(context, tenant, tokenOf(request));
    if (!user) return gone(context, request);
    const problems = await problemsOf(request, user);
    if (problems.length > 0) return show(context, request, user, problems);
    const kept = await hashPassword(form.get('password') ?? '');
    if (kept === null) {
      return show(context, request, user, [{ field: 'password', message: signInWords[request.language].busy }], 503);
    }
    if (!(await acceptInvitation(context, tenant, tokenOf(request), kept))) return gone(context, request);
    await endSessionsOfUser(context, tenant, user.id, null, 'The password was set anew');
    void noteSecurityEvent(context, { tenant, kind: 'attributes-changed', user, address, why: 'The password was set' });
    return redirect(pagePath(context, tenant, '/account/sign-in', { done: 'password', login_hint: user.username }));
  },
};
