import type { Problem } from '../../pages/form.ts';
import { pageAnswer } from '../../pages/page.ts';
import { redirect } from '../answers.ts';
import { noteSecurityEvent } from '../audit.ts';
import type { SmartContext } from '../context.ts';
import type { Answer, Endpoint, SmartRequest } from '../endpoint.ts';
import { laterPage } from '../pages/dead-ends.ts';
import { signInPage } from '../pages/sign-in.ts';
import { signInWords } from '../pages/sign-in-words.ts';
import { forgetFailures, takeAttempt } from './attempts.ts';
import { demoHint } from './demo-accounts.ts';
import { checkPassword } from './passwords.ts';
import { csrfOf, sessionOf } from './sessions.ts';
import { afterFirstFactor, nextOf, pagePath } from './sign-in.ts';
import { signInMethods } from './sign-in-methods.ts';
import { freshForm } from './stale-form.ts';
import { findUser, findUserByName } from './users.ts';

/** This page again, asked as it was, but for what was just done. */
function here(context: SmartContext, { tenant, query }: SmartRequest): string {
  const [next, again] = [nextOf({ query }), query.has('again') ? '1' : null];
  return pagePath(context, tenant, '/account/sign-in', { next, again });
}

type Shown = { username: string; problems: readonly Problem[]; status: number; headers?: Record<string, string> };

async function show(context: SmartContext, request: SmartRequest, shown: Shown): Promise<Answer> {
  const { language, query } = request;
  const csrf = csrfOf(context, request);
  const asked = { context, request, csrf, next: nextOf(request) };
  const offers = await Promise.all(signInMethods.map((method) => method.offer(asked)));
  const scripts = signInMethods.flatMap((method, at) => (offers[at] === null ? [] : method.scripts));
  const done = query.get('done');
  const kept = new URLSearchParams(query);
  kept.delete('done');
  const page = signInPage({
    language,
    query: kept,
    action: here(context, request),
    csrf: csrf.token,
    username: shown.username,
    problems: shown.problems,
    done: shown.problems.length === 0 && (done === 'password' || done === 'signed-out') ? done : null,
    demo: demoHint(context, request.tenant),
    others: offers.filter((one) => one !== null),
    scripts,
  });
  const { status, headers = {} } = shown;
  return pageAnswer(page, { status, headers, cookies: csrf.cookies, scripts: scripts.length > 0 });
}

/** The sign-in page; who is signed in already is sent on, unless the page is asked for again. */
export const signInGet: Endpoint = {
  method: 'GET',
  path: '/account/sign-in',
  origin: 'link',
  async run(context, request) {
    if (!request.query.has('again') && (await sessionOf(context, request))) {
      return redirect(nextOf(request) ?? pagePath(context, request.tenant, '/account'));
    }
    return show(context, request, {
      username: request.query.get('login_hint')?.slice(0, 100) ?? '',
      problems: [],
      status: 200,
    });
  },
};

/** Seconds after which a page for too many is worth another try. */
const BUSY = 5;

export const signInPost: Endpoint = {
  method: 'POST',
  path: '/account/sign-in',
  origin: 'own',
  async run(context, request) {
    const { tenant, form, language, address } = request;
    const say = signInWords[language];
    const fresh = await freshForm(context, request, here(context, request));
    if (!fresh.ok) return fresh.answer;
    const [username, password] = [form.get('username') ?? '', form.get('password') ?? ''];
    const missing: Problem[] = [];
    if (username.trim() === '') missing.push({ field: 'username', message: say.usernameMissing });
    if (password === '') missing.push({ field: 'password', message: say.passwordMissing });
    if (missing.length > 0) return show(context, request, { username, problems: missing, status: 422 });
    const attempt = await takeAttempt(context, request, 'password', username);
    if (!attempt.ok) {
      const { seconds } = attempt;
      const headers = { 'Retry-After': String(seconds) };
      return pageAnswer(laterPage(language, seconds, here(context, request)), { status: 429, headers });
    }
    const checked = await checkPassword(context.database.byKey, tenant, username, password);
    if (checked === 'busy') {
      await forgetFailures(context, request, attempt.value);
      const problems = [{ field: 'username', message: say.busy }];
      return show(context, request, { username, problems, status: 503, headers: { 'Retry-After': String(BUSY) } });
    }
    const user = checked === 'wrong' ? null : await findUser(context.database.byKey, tenant, checked.userId);
    if (!user) {
      void noteFailure(context, tenant, username, address);
      return show(context, request, { username, problems: [{ field: 'username', message: say.wrong }], status: 422 });
    }
    await forgetFailures(context, request, attempt.value);
    return afterFirstFactor(context, request, user, ['pwd'], nextOf(request));
  },
};

/** Behind the answer, so that it takes no longer where there is such a user. */
async function noteFailure(context: SmartContext, tenant: number, username: string, address: string): Promise<void> {
  const user = await findUserByName(context.database.byKey, tenant, username).catch(() => null);
  await noteSecurityEvent(context, { tenant, kind: 'sign-in-failed', user, address, why: 'The password was wrong' });
}
