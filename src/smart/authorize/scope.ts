import type { Scope } from '../../fhir/access.ts';
import { narrowScopes } from '../scopes/narrow-scopes.ts';
import { parseScopes } from '../scopes/scopes.ts';
import { type Check, parameter, passed, refused } from './check.ts';

/** Characters of a scope. https://www.rfc-editor.org/rfc/rfc6749#section-3.3 */
const written = /^[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*$/;
/** Characters of a scope parameter. */
const LONGEST = 8000;

/** One scope: what it claims, or null where it is none on resources; undefined where this server does not know it. */
export function readScope(text: string): Scope | null | undefined {
  const read = parseScopes(text);
  if (!read.ok) return undefined;
  return read.value.clinical[0] ?? null;
}

/** A person grants; what belongs to no person is asked for with client_credentials. */
export const scope: Check = (asked) => {
  const text = parameter(asked, 'scope');
  if (text === null) return refused('invalid_scope', 'scope is missing');
  if (text.length > LONGEST) return refused('invalid_scope', `scope has at most ${LONGEST} characters`);
  if (!written.test(text)) {
    return refused('invalid_scope', 'scope must be printable ASCII without quotes, its scopes parted by single spaces');
  }
  const wanted = text.split(' ');
  if (wanted.some((one) => one.startsWith('system/'))) {
    return refused('invalid_scope', 'system/ scopes are for client_credentials and cannot be asked of a person');
  }
  const launched = parameter(asked, 'launch') !== null;
  // Without a launch its scope means nothing.
  const heard = wanted.filter((one) => one !== 'launch' || launched).join(' ');
  const left = narrowScopes(heard, asked.client.metadata.scope);
  if (left === '') {
    return refused('invalid_scope', 'None of these scopes is known here and within the registration of the app');
  }
  return passed({ scope: left });
};
