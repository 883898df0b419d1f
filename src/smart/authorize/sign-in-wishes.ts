import { languages } from '../../pages/language.ts';
import { LONGEST_STATE } from './answer.ts';
import { type Check, parameter, passed, refused } from './check.ts';
import { type Prompt, prompts } from './request.ts';

/** Characters; it is kept until the answer, and comes back in the ID token. */
const LONGEST_NONCE = 1000;

const isPrompt = (text: string): text is Prompt => prompts.some((one) => one === text);

/** How the person is to sign in, and be spoken to. https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest */
export const signInWishes: Check = (asked) => {
  const [state, nonce] = [parameter(asked, 'state'), parameter(asked, 'nonce')];
  if ((state?.length ?? 0) > LONGEST_STATE) {
    return refused('invalid_request', `state has at most ${LONGEST_STATE} characters`);
  }
  if ((nonce?.length ?? 0) > LONGEST_NONCE) {
    return refused('invalid_request', `nonce has at most ${LONGEST_NONCE} characters`);
  }
  const prompt = (parameter(asked, 'prompt') ?? '').split(' ').filter((one) => one !== '');
  if (!prompt.every(isPrompt)) return refused('invalid_request', `prompt must be of ${prompts.join(', ')}`);
  if (prompt.includes('none') && prompt.length > 1) {
    return refused('invalid_request', 'prompt none cannot be combined with another');
  }
  const maxAge = parameter(asked, 'max_age');
  if (maxAge !== null && !/^\d{1,9}$/.test(maxAge)) {
    return refused('invalid_request', 'max_age must be a number of seconds');
  }
  const jkt = parameter(asked, 'dpop_jkt');
  if (jkt !== null && !/^[\w-]{43}$/.test(jkt)) {
    return refused('invalid_request', 'dpop_jkt must be the SHA-256 thumbprint of a key, base64url');
  }
  const wanted = (parameter(asked, 'ui_locales') ?? '').split(' ').map((tag) => tag.toLowerCase().split('-')[0]);
  return passed({
    prompt,
    maxAge: maxAge === null ? null : Number(maxAge),
    nonce,
    loginHint: parameter(asked, 'login_hint')?.slice(0, 200) ?? null,
    language: wanted.flatMap((tag) => languages.find((one) => one === tag) ?? [])[0] ?? null,
    dpopJkt: jkt,
  });
};
