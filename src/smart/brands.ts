import { hash } from 'node:crypto';

import type { Json } from '../fhir/context.ts';
import { systemGrant } from '../fhir/store/system.ts';
import type { SmartContext } from './context.ts';
import type { Endpoint, SmartRequest } from './endpoint.ts';
import type { Place } from './tokens/tokens.ts';

const structure = 'http://hl7.org/fhir/smart-app-launch/StructureDefinition';
const brandExtension = 'http://hl7.org/fhir/StructureDefinition/organization-brand';
const portalExtension = 'http://hl7.org/fhir/StructureDefinition/organization-portal';

/** A stored Organization is a brand where it says that it is one, by this profile. */
export const brandProfile = `${structure}/user-access-brand`;

/** What is told of an Organization: what is on its sign, and nothing of who works there. */
const told = ['identifier', 'active', 'type', 'name', 'alias', 'address'] as const;

/** The one Endpoint; brands name it by this reference, inside the Bundle. */
const endpointId = 'fhir-r4';
const endpointReference = { reference: `Endpoint/${endpointId}` };

/** When the brand below came to say what it does. */
const since = '2026-10-01T00:00:00Z';

const portalOf = ({ issuer }: Place, name: string): Json => ({
  url: portalExtension,
  extension: [
    { url: 'portalName', valueString: name },
    { url: 'portalUrl', valueUrl: `${issuer}/account` },
    { url: 'portalEndpoint', valueReference: endpointReference },
  ],
});

/** Where a tenant has no brand of its own, the server is one. */
const ownBrand = (place: Place): Json => ({
  resourceType: 'Organization',
  id: 'portico',
  meta: { lastUpdated: since },
  identifier: [{ system: 'urn:ietf:rfc:3986', value: place.issuer }],
  active: true,
  name: 'Portico',
});

const listOf = (value: unknown): Json[] => (Array.isArray(value) ? value : []);

/** An Organization as a brand: of its extensions those of the brand, with our endpoint in the place of any other. */
function brandOf(place: Place, organization: Json): Json {
  const extensions = listOf(organization.extension);
  const portals = extensions
    .filter(({ url }) => url === portalExtension)
    .map((portal) => ({
      ...portal,
      extension: [
        ...listOf(portal.extension).filter(({ url }) => url !== 'portalEndpoint'),
        { url: 'portalEndpoint', valueReference: endpointReference },
      ],
    }));
  const site = listOf(organization.telecom).find(({ system }) => system === 'url');
  return {
    resourceType: 'Organization',
    id: organization.id,
    meta: { profile: [brandProfile] },
    extension: [
      ...extensions.filter(({ url }) => url === brandExtension),
      ...(portals.length > 0 ? portals : [portalOf(place, String(organization.name ?? 'Portico'))]),
    ],
    ...Object.fromEntries(told.flatMap((name) => (name in organization ? [[name, organization[name]]] : []))),
    telecom: [site ?? { system: 'url', value: place.issuer }],
    endpoint: [endpointReference],
  };
}

const endpointOf = ({ issuer, audience }: Place): Json => ({
  resourceType: 'Endpoint',
  id: endpointId,
  meta: { profile: [`${structure}/user-access-endpoint`] },
  extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/endpoint-fhir-version', valueCode: '4.0.1' }],
  status: 'active',
  connectionType: { system: 'http://terminology.hl7.org/CodeSystem/endpoint-connection-type', code: 'hl7-fhir-rest' },
  name: 'FHIR R4',
  contact: [{ system: 'url', value: `${issuer}/developer` }],
  payloadType: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/endpoint-payload-type', code: 'none' }] }],
  address: audience,
});

/** The Organizations of a tenant that say they are a brand, by id. */
async function brandsOf(context: SmartContext, tenant: number, base: string): Promise<Json[]> {
  const grant = systemGrant(tenant, ['Organization']);
  const found: Json[] = [];
  let query: string | null = new URLSearchParams({ _profile: brandProfile, _sort: '_id', _count: '100' }).toString();
  while (query !== null) {
    const request = {
      method: 'GET',
      path: ['Organization'],
      query,
      header: () => undefined,
      body: '',
      grant,
      base,
    } as const;
    const answer = await context.fhir.dispatch(request);
    if (!answer.ok || typeof answer.value.body !== 'string') return found;
    // The core's own Bundle.
    const bundle = JSON.parse(answer.value.body) as {
      entry?: { resource: Json }[];
      link?: { relation: string; url: string }[];
    };
    for (const { resource } of bundle.entry ?? []) if (resource.active !== false) found.push(resource);
    const next: string | undefined = bundle.link?.find(({ relation }) => relation === 'next')?.url;
    query = next === undefined ? null : new URL(next).search.slice(1);
  }
  return found;
}

/** https://hl7.org/fhir/smart-app-launch/brands.html */
function brandsBundle(place: Place, organizations: readonly Json[]): string {
  const shown = organizations.length > 0 ? organizations : [ownBrand(place)];
  const times = shown.map(({ meta }) => String((meta as Json).lastUpdated)); // everything stored has one
  const newest = times.reduce((one, other) => (Date.parse(one) > Date.parse(other) ? one : other));
  const entries = [...shown.map((one) => brandOf(place, one)), endpointOf(place)];
  return JSON.stringify({
    resourceType: 'Bundle',
    id: 'brands',
    meta: { lastUpdated: newest, profile: [`${structure}/user-access-brands-bundle`] },
    identifier: { system: 'urn:ietf:rfc:3986', value: brandsAddress(place) },
    type: 'collection',
    timestamp: newest,
    entry: entries.map((resource) => ({
      fullUrl: `${place.audience}/${resource.resourceType}/${resource.id}`,
      resource,
    })),
  });
}

/** For `user_access_brand_bundle` of smart-configuration. */
export const brandsAddress = ({ issuer }: Place): string => `${issuer}/brands`;

/** Seconds for which anybody may keep the list. */
const KEPT = 300;

const isKnown = (request: SmartRequest, tag: string): boolean =>
  (request.header('if-none-match') ?? '').split(',').some((one) => [tag, '*'].includes(one.trim().replace(/^W\//, '')));

/** Who may be found here, for apps in which people look for where their records are. */
export const brands: Endpoint = {
  method: 'GET',
  path: '/brands',
  origin: 'any',
  async run(context, request) {
    const { tenant, place } = request;
    const body = brandsBundle(place, await brandsOf(context, tenant, place.audience));
    const tag = `"${hash('sha256', body, 'base64url').slice(0, 27)}"`;
    const headers = { ETag: tag, 'Cache-Control': `public, max-age=${KEPT}` };
    if (isKnown(request, tag)) return { status: 304, headers, body: '' };
    return { status: 200, headers: { ...headers, 'Content-Type': 'application/fhir+json' }, body };
  },
};
