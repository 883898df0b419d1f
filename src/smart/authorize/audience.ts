import { type Check, parameter, passed, refused } from './check.ts';

/**
 * The app must know whose records it is about to get: a token meant for another server must not be got here.
 *
 * @see https://hl7.org/fhir/smart-app-launch/app-launch.html#obtain-authorization-code
 * @see https://www.rfc-editor.org/rfc/rfc8707#section-2
 */
export const audience: Check = (asked) => {
  const { place, client } = asked;
  const named = ['aud', 'resource'].flatMap((name) => parameter(asked, name) ?? []);
  if (named.length === 0 && client.certificateUri === null) {
    return refused('invalid_request', `aud is missing; it must be ${place.audience}`);
  }
  // A base with a slash behind it is the same base.
  if (named.some((one) => one !== place.audience && one !== `${place.audience}/`)) {
    return refused('invalid_request', `aud (or resource) must be the FHIR base of this server: ${place.audience}`);
  }
  return passed();
};
