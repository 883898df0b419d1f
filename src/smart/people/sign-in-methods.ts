import type { Html } from '../../pages/layout.ts';
import type { SmartContext } from '../context.ts';
import type { SmartRequest } from '../endpoint.ts';
import { passkeyFactor, passkeyMethod, providerMethod } from '../pages/passkey-offers.ts';
import type { User } from './user.ts';

/** What a way to sign in may go by when it draws its part of a page. */
export type Asked = {
  context: SmartContext;
  request: SmartRequest;
  /** As csrfOf gives them. */
  csrf: { token: string; browser: string };
  /** A path of this server; null: the account. */
  next: string | null;
};

/** Another way to sign in than by password. It ends in afterFirstFactor or finishSignIn of sign-in.ts. */
export type SignInMethod = {
  code: string;
  /** Its part of the sign-in page; null: none, as it cannot be used here. */
  offer(asked: Asked): Promise<Html | null>;
  /** What its part needs; paths below /assets. */
  scripts: readonly string[];
};

/** Another second factor than a code. It ends in finishSignIn of sign-in.ts. */
export type SecondFactor = {
  code: string;
  /** Whether the user has one that can be used here. */
  has(context: SmartContext, user: User): Promise<boolean>;
  /** Its part of the page, for one who has it. */
  offer(asked: Asked & { user: User }): Promise<Html>;
  scripts: readonly string[];
};

export const signInMethods: readonly SignInMethod[] = [passkeyMethod, providerMethod];

export const secondFactors: readonly SecondFactor[] = [passkeyFactor];

/** The second factors that a user has besides codes. */
export async function secondFactorsOf(context: SmartContext, user: User): Promise<SecondFactor[]> {
  const had = await Promise.all(secondFactors.map((one) => one.has(context, user)));
  return secondFactors.filter((_, at) => had[at]);
}
