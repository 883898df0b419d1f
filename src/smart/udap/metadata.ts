import { json, oauthError } from '../answers.ts';
import type { Endpoint } from '../endpoint.ts';
import { signingAlgorithms, udapOf } from './settings.ts';
import { signedMetadata } from './signed-metadata.ts';

/**
 * What this server can do by UDAP. All anchors are one trust community; asked for another by name, it answers alike.
 *
 * @see https://hl7.org/fhir/us/udap-security/discovery.html
 */
export const udapMetadata: Endpoint = {
  method: 'GET',
  path: '/fhir/R4/.well-known/udap',
  origin: 'any',
  async run(context, { place }) {
    const udap = udapOf(context.settings.udap, place.audience);
    if (!udap) return oauthError(404, 'invalid_request', 'This server supports no UDAP workflow here');
    const endpoints = {
      authorization_endpoint: `${place.issuer}/oauth2/authorize`,
      token_endpoint: `${place.issuer}/oauth2/token`,
      registration_endpoint: `${place.issuer}/oauth2/register`,
    };
    return json(200, {
      udap_versions_supported: ['1'],
      udap_profiles_supported: ['udap_dcr', 'udap_authn', 'udap_authz'],
      udap_authorization_extensions_supported: ['hl7-b2b'],
      // It is required of client_credentials only, and this list is of what every token request must have.
      udap_authorization_extensions_required: [],
      udap_certifications_supported: [],
      udap_certifications_required: [],
      grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials'],
      ...endpoints,
      token_endpoint_auth_methods_supported: ['private_key_jwt'],
      token_endpoint_auth_signing_alg_values_supported: signingAlgorithms,
      registration_endpoint_jwt_signing_alg_values_supported: signingAlgorithms,
      signed_metadata: await signedMetadata(udap, place, endpoints, context.now()),
    });
  },
};
