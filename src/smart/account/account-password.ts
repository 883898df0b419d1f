import type { Problem } from '../../pages/form.ts';
import type { SmartContext } from '../context.ts';
import type { Endpoint, SmartRequest } from '../endpoint.ts';
import { securityWords } from '../pages/security-words.ts';
import { signInWords, waitText } from '../pages/sign-in-words.ts';
import { forgetFailures, takeAttempt } from '../people/attempts.ts';
import { endSessionsOfUser } from '../people/end-sessions.ts';
import {
  checkPassword,
  hashPassword,
  LONGEST,
  passwordProblem,
  SHORTEST,
  setPasswordHash,
} from '../people/passwords.ts';
import { newSession } from '../people/sessions.ts';
import type { User } from '../people/user.ts';
import { backWith, noteChange, recentlySignedIn, securityPath, sentBy } from './account-guard.ts';
import { showSecurity } from './account-security.ts';

/** Whether the current password is right: as slow for who guesses it here as at the sign-in. */
async function wrongCurrent(context: SmartContext, request: SmartRequest, user: User): Promise<Problem | null> {
  const { language } = request;
  const say = signInWords[language];
  const problem = (message: string): Problem => ({ field: 'current', message });
  const attempt = await takeAttempt(context, request, 'password', user.username);
  if (!attempt.ok) return problem(say.later(waitText(language, attempt.seconds)));
  const current = request.form.get('current') ?? '';
  const checked = await checkPassword(context.database, user.tenant, user.username, current);
  if (checked === 'busy') return problem(say.busy);
  if (checked === 'wrong') return problem(securityWords[language].password.wrong);
  await forgetFailures(context, request, attempt.value);
  return null;
}

async function wrongNew({ form, language }: SmartRequest, user: User): Promise<Problem | null> {
  const say = signInWords[language];
  const password = form.get('new') ?? '';
  if (password !== form.get('new-again')) return { field: 'new-again', message: say.different };
  const found = await passwordProblem(password, user);
  if (found === null) return null;
  const message = { short: say.short(SHORTEST), long: say.long(LONGEST), guessable: say.guessable }[found];
  return { field: 'new', message };
}

/** Everywhere else the user is signed out: whoever knew the old password is not to stay in. */
export const changePassword: Endpoint = {
  method: 'POST',
  path: `${securityPath}/password`,
  origin: 'own',
  async run(context, request) {
    const sent = await sentBy(context, request, recentlySignedIn);
    if (!sent.ok) return sent.answer;
    const { user, id, methods } = sent.value;
    const wrong = (await wrongNew(request, user)) ?? (await wrongCurrent(context, request, user));
    if (wrong) return showSecurity(context, request, sent.value, [wrong]);
    const kept = await hashPassword(request.form.get('new') ?? '');
    const busy = { field: 'new', message: signInWords[request.language].busy };
    if (kept === null) return showSecurity(context, request, sent.value, [busy]);
    await setPasswordHash(context.database, user.tenant, user.id, kept);
    await endSessionsOfUser(context, user.tenant, user.id, id, 'The password was changed');
    noteChange(context, request, user, 'The password was changed');
    const { cookies } = await newSession(context, request, user, methods);
    return backWith(request, 'password', cookies);
  },
};
