import { type Check, parameter, passed, refused } from './check.ts';

/** Codes in the query are all that is given: nothing else is safe in a browser. https://www.rfc-editor.org/rfc/rfc9700#section-2.1.2 */
export const responseType: Check = (asked) => {
  const { client, pushed } = asked;
  const type = parameter(asked, 'response_type');
  if (type === null) return refused('invalid_request', 'response_type is missing; it must be code');
  if (type !== 'code') return refused('unsupported_response_type', 'The only response_type here is code');
  const mode = parameter(asked, 'response_mode');
  if (mode !== null && mode !== 'query') return refused('invalid_request', 'The only response_mode here is query');
  if (!client.metadata.grant_types.includes('authorization_code')) {
    return refused('unauthorized_client', 'This app is not registered for the grant type authorization_code');
  }
  if (client.metadata.require_pushed_authorization_requests && !pushed) {
    return refused('invalid_request', 'This app is registered to push its requests to /oauth2/par first');
  }
  return passed();
};

/** https://www.rfc-editor.org/rfc/rfc9101#section-6.2: what is asked is asked in the open, or pushed. */
export const requestObject: Check = (asked) => {
  if (parameter(asked, 'request') !== null) {
    return refused('request_not_supported', 'Request objects are not taken here; push the request to /oauth2/par');
  }
  if (parameter(asked, 'request_uri') !== null) {
    return refused('request_uri_not_supported', 'A request_uri must be one that /oauth2/par gave');
  }
  return passed();
};
