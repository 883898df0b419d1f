import { redirect } from '../answers.ts';
import { noteSecurityEvent } from '../audit.ts';
import type { SmartContext } from '../context.ts';
import { pathIn } from '../developer/visitor.ts';
import type { Answer, SmartRequest, Step } from '../endpoint.ts';
import { accountNotice } from '../pages/account-notice.ts';
import { checkCsrf, sessionOf } from '../people/sessions.ts';
import type { Session, User } from '../people/user.ts';

/** ms after a sign-in in which what protects the account may be changed. */
const RECENT = 10 * 60_000;

export const securityPath = '/account/security';

/** To the sign-in and back. @param again whoever is signed in must show it once more */
export function signInPath({ place }: Pick<SmartRequest, 'place'>, path: string, again: boolean): string {
  const query = new URLSearchParams({ next: pathIn(place, path), ...(again ? { again: '1' } : {}) });
  return `${pathIn(place, '/account/sign-in')}?${query}`;
}

/** @param path of this server, where to go on after the sign-in */
export async function signedIn(context: SmartContext, request: SmartRequest, path: string): Promise<Step<Session>> {
  const session = await sessionOf(context, request);
  return session ? { ok: true, value: session } : { ok: false, answer: redirect(signInPath(request, path, false)) };
}

export const isRecent = ({ now }: Pick<SmartContext, 'now'>, { signedInAt }: Session): boolean =>
  now() - signedInAt.getTime() < RECENT;

/** The same, within the last minutes: else a browser that was left open would be enough to take the account over. */
export async function recentlySignedIn(
  context: SmartContext,
  request: SmartRequest,
  path: string,
): Promise<Step<Session>> {
  const session = await signedIn(context, request, path);
  if (!session.ok || isRecent(context, session.value)) return session;
  return { ok: false, answer: redirect(signInPath(request, path, true)) };
}

/**
 * Whose form it is: sent from a page that this browser was given, by somebody signed in.
 *
 * @param check signedIn or recentlySignedIn
 * @param path the page of the form
 */
export async function sentBy(
  context: SmartContext,
  request: SmartRequest,
  check: typeof signedIn,
  path = securityPath,
): Promise<Step<Session>> {
  const session = await check(context, request, path);
  if (!session.ok || checkCsrf(context, request)) return session;
  return { ok: false, answer: await accountNotice(request, 'form', 403) };
}

/** Back to the page of one's security, which says what was done. */
export const backWith = ({ place }: SmartRequest, done: string, cookies: readonly string[] = []): Answer =>
  redirect(`${pathIn(place, securityPath)}?${new URLSearchParams({ done })}`, cookies);

/** Writes down that what guards an account was changed. Nobody waits for it: it never fails. @param why a sentence */
export function noteChange(context: SmartContext, { tenant, address }: SmartRequest, user: User, why: string): void {
  void noteSecurityEvent(context, { tenant, kind: 'attributes-changed', user, address, why });
}
