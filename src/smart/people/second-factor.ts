import type { Problem } from '../../pages/form.ts';
import { pageAnswer } from '../../pages/page.ts';
import { redirect } from '../answers.ts';
import { noteSecurityEvent } from '../audit.ts';
import type { SmartContext } from '../context.ts';
import type { Answer, Endpoint, SmartRequest } from '../endpoint.ts';
import { laterPage } from '../pages/dead-ends.ts';
import { secondFactorPage } from '../pages/second-factor.ts';
import { signInWords } from '../pages/sign-in-words.ts';
import { forgetFailures, takeAttempt } from './attempts.ts';
import { type PendingSignIn, pendingSignIn } from './pending-sign-in.ts';
import { recoveryCodesLeft, takeRecoveryCode } from './recovery-codes.ts';
import { csrfOf } from './sessions.ts';
import { finishSignIn, pagePath } from './sign-in.ts';
import { secondFactorsOf } from './sign-in-methods.ts';
import { freshForm } from './stale-form.ts';
import { takeTotp } from './totp.ts';

const path = '/account/second-factor';

async function show(
  context: SmartContext,
  request: SmartRequest,
  { user, next }: PendingSignIn,
  problems: readonly Problem[],
): Promise<Answer> {
  const csrf = csrfOf(context, request);
  const factors = await secondFactorsOf(context, user);
  const others = await Promise.all(factors.map((one) => one.offer({ context, request, csrf, next, user })));
  const scripts = factors.flatMap((one) => one.scripts);
  const page = secondFactorPage({
    language: request.language,
    action: pagePath(context, request.tenant, path),
    csrf: csrf.token,
    problems,
    hasTotp: user.hasTotp,
    hasRecovery: (await recoveryCodesLeft(context, user)) > 0,
    others,
    scripts,
  });
  const status = problems.length > 0 ? 422 : 200;
  return pageAnswer(page, { status, cookies: csrf.cookies, scripts: scripts.length > 0 });
}

const begin = (context: SmartContext, { tenant }: SmartRequest): string =>
  pagePath(context, tenant, '/account/sign-in');

/** The page for the second factor of who just showed the first. */
export const secondFactorGet: Endpoint = {
  method: 'GET',
  path,
  origin: 'link',
  async run(context, request) {
    const pending = await pendingSignIn(context, request);
    return pending ? show(context, request, pending, []) : redirect(begin(context, request));
  },
};

/** A code of the authenticator app, or one for recovery. */
export const secondFactorPost: Endpoint = {
  method: 'POST',
  path,
  origin: 'own',
  async run(context, request) {
    const { tenant, form, language, address } = request;
    const fresh = await freshForm(context, request, begin(context, request));
    if (!fresh.ok) return fresh.answer;
    const pending = await pendingSignIn(context, request);
    if (!pending) return redirect(begin(context, request));
    const { user, methods, next } = pending;
    const attempt = await takeAttempt(context, request, 'code', user.username);
    if (!attempt.ok) {
      const { seconds } = attempt;
      const headers = { 'Retry-After': String(seconds) };
      return pageAnswer(laterPage(language, seconds, pagePath(context, tenant, path)), { status: 429, headers });
    }
    const recovery = form.get('recovery');
    const right =
      recovery === null
        ? await takeTotp(context, user, form.get('code') ?? '')
        : await takeRecoveryCode(context, user, recovery);
    if (right) {
      await forgetFailures(context, request, attempt.value);
      return finishSignIn(context, request, user, [...methods, recovery === null ? 'otp' : 'rc'], next);
    }
    void noteSecurityEvent(context, {
      tenant,
      kind: 'sign-in-failed',
      user,
      address,
      why: 'The second factor was wrong',
    });
    const say = signInWords[language];
    const problem =
      recovery === null ? { field: 'code', message: say.codeWrong } : { field: 'recovery', message: say.recoveryWrong };
    return show(context, request, pending, [problem]);
  },
};
