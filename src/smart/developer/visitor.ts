import { redirect } from '../answers.ts';
import type { SmartContext } from '../context.ts';
import type { Answer, SmartRequest, Step } from '../endpoint.ts';
import { faultPage } from '../pages/authorize-error.ts';
import { notForYouPage } from '../pages/visitor.ts';
import { checkCsrf, sessionOf } from '../people/sessions.ts';
import type { Role, Session } from '../people/user.ts';
import type { Place } from '../tokens/tokens.ts';

/** The path of a page of a tenant, as this server is reached: `/t/2/developer`. */
export const pathIn = ({ issuer }: Place, path: string): string =>
  `${new URL(issuer).pathname.replace(/\/$/, '')}${path}`;

/** Goes to sign in first, and then on to a page of this server: with what was asked of it, where it was to be read. */
export function signInFirst({ place, method, query: asked }: SmartRequest, path: string): Answer {
  const next = method === 'GET' && asked.size > 0 ? `${path}?${asked}` : path;
  const query = new URLSearchParams({ next: pathIn(place, next) });
  return redirect(`${place.issuer}/account/sign-in?${query}`);
}

/**
 * Who opened a page that is for people of one of these roles; and where they sent a form, that it is from a page of theirs.
 *
 * @param path where they come back to once they have signed in
 */
export async function visitorOf(
  context: SmartContext,
  request: SmartRequest,
  path: string,
  roles: readonly Role[],
): Promise<Step<Session>> {
  const session = await sessionOf(context, request);
  if (!session) return { ok: false, answer: signInFirst(request, path) };
  if (!roles.some((role) => session.user.roles.includes(role))) {
    return { ok: false, answer: await notForYouPage(request, roles) };
  }
  if (request.method === 'POST' && !checkCsrf(context, request)) {
    return { ok: false, answer: await faultPage(request.language, 'form') };
  }
  return { ok: true, value: session };
}
