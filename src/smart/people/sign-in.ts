import { redirect } from '../answers.ts';
import { noteSecurityEvent } from '../audit.ts';
import type { SmartContext } from '../context.ts';
import type { Answer, SmartRequest } from '../endpoint.ts';
import { placeOf } from '../tokens/tokens.ts';
import { endSession } from './end-sessions.ts';
import { rememberDevice } from './known-device.ts';
import { beginPending, endPending } from './pending-sign-in.ts';
import { newSession } from './sessions.ts';
import { secondFactorsOf } from './sign-in-methods.ts';
import type { User } from './user.ts';

/** Characters of a path that one is sent on to. */
const LONGEST = 2000;

/** A path of this server, as it stands in `next`; null: none, or one that a browser could take for another server's. */
export function safePath(text: string | null): string | null {
  if (text === null || text.length > LONGEST || !/^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(text)) return null;
  const here = 'http://here.invalid';
  return URL.canParse(text, here) && new URL(text, here).origin === here ? text : null;
}

/** Where to go once signed in, as the page was asked; null: the account. */
export const nextOf = (request: Pick<SmartRequest, 'query'>): string | null => safePath(request.query.get('next'));

/** Behind the issuer, with what it is asked with; as a browser finds it. */
export function pagePath(
  context: Pick<SmartContext, 'baseUrl'>,
  tenant: number,
  path: string,
  query: Record<string, string | null> = {},
): string {
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== null) asked.set(name, value);
  const base = new URL(placeOf(context.baseUrl, tenant).issuer).pathname.replace(/\/$/, '');
  return `${base}${path}${asked.size > 0 ? `?${asked}` : ''}`;
}

/** Whether a user must show a second factor after a password or an outside provider. */
export const needsSecondFactor = async (context: SmartContext, user: User): Promise<boolean> =>
  user.hasTotp || (await secondFactorsOf(context, user)).length > 0;

/** The first factor was right: on to the second, where the user has one, else signed in. */
export async function afterFirstFactor(
  context: SmartContext,
  request: SmartRequest,
  user: User,
  methods: readonly string[],
  next: string | null,
): Promise<Answer> {
  if (!(await needsSecondFactor(context, user))) return finishSignIn(context, request, user, methods, next);
  const cookies = await beginPending(context, request, { user, methods, next });
  return redirect(pagePath(context, request.tenant, '/account/second-factor'), cookies);
}

/**
 * Everything that was needed was shown: signs the user in and sends them on.
 *
 * @param methods pwd, otp, hwk, rc, fed; https://www.rfc-editor.org/rfc/rfc8176
 */
export async function finishSignIn(
  context: SmartContext,
  request: SmartRequest,
  user: User,
  methods: readonly string[],
  next: string | null,
): Promise<Answer> {
  const { tenant, address } = request;
  const { cookies, replaced } = await newSession(context, request, user, methods);
  if (replaced !== null) await endSession(context, tenant, replaced, 'Another user signed in in this browser');
  const pending = await endPending(context, request);
  // Nobody waits for it: it never fails and says nothing to who signs in.
  void noteSecurityEvent(context, { tenant, kind: 'signed-in', user, address, why: `Shown: ${methods.join(', ')}` });
  return redirect(next ?? pagePath(context, tenant, '/account'), [
    ...cookies,
    ...pending,
    rememberDevice(context, request, user.username),
  ]);
}
