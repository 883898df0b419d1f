import { afterAll, beforeAll, expect, test } from 'vitest';

import { type Server, startServer } from '../../test/support/server.ts';
import type { Json } from '../fhir/context.ts';
import { brandProfile } from './brands.ts';

let server: Server;
beforeAll(async () => {
  server = await startServer();
}, 120_000);
afterAll(() => server?.close());

type Bundle = { type: string; timestamp: string; entry: { fullUrl: string; resource: Json }[] };
const bundleOf = async (headers: Record<string, string> = {}) => {
  const response = await fetch(`${server.origin}/brands`, { headers });
  const text = await response.text();
  return { response, bundle: (text === '' ? {} : JSON.parse(text)) as Bundle };
};

function check({ entry }: Bundle): void {
  const all = entry.map(({ resource }) => resource);
  const organizations = all.filter(({ resourceType }) => resourceType === 'Organization');
  const endpoints = all.filter(({ resourceType }) => resourceType === 'Endpoint').map(({ id }) => `Endpoint/${id}`);
  expect(organizations.length).toBeGreaterThan(0);
  const named = organizations.map(({ endpoint }) =>
    (endpoint as { reference: string }[]).map(({ reference }) => reference),
  );
  expect(new Set(named.flat())).toEqual(new Set(endpoints));
  for (const organization of organizations) {
    const portals = (
      organization.extension as { extension: { url: string; valueReference?: { reference: string } }[] }[]
    )
      .flatMap(({ extension }) => extension)
      .filter(({ url }) => url === 'portalEndpoint');
    for (const { valueReference } of portals) expect(endpoints).toContain(valueReference?.reference);
    expect(organization.telecom).toHaveLength(1);
  }
}

test('a server without brands shows itself, to every page and without a token', async () => {
  const { response, bundle } = await bundleOf({ origin: 'https://app.test' });
  expect(response.status).toBe(200);
  expect(response.headers.get('access-control-allow-origin')).toBe('*');
  expect(response.headers.get('content-type')).toContain('application/fhir+json');
  expect(bundle).toMatchObject({ resourceType: 'Bundle', type: 'collection', timestamp: expect.any(String) });
  check(bundle);
  expect(bundle.entry.at(-1)?.resource.address).toBe(server.base);
  const again = await bundleOf({ 'if-none-match': response.headers.get('etag') ?? '' });
  expect(again.response.status).toBe(304);
});

test('the Bundle and what is in it is valid R4', async () => {
  const { bundle } = await bundleOf();
  const errors = (resource: unknown) =>
    server.smart.fhir.validate(resource).filter(({ severity }) => severity === 'error' || severity === 'fatal');
  expect(errors(bundle)).toEqual([]);
  for (const { resource } of bundle.entry) expect(errors(resource)).toEqual([]);
});

test('an Organization that says so is a brand, and nothing is told of who works there', async () => {
  const before = (await bundleOf()).response.headers.get('etag') ?? '';
  const organization = {
    resourceType: 'Organization',
    id: 'harbour',
    meta: { profile: [brandProfile] },
    extension: [
      {
        url: 'http://hl7.org/fhir/StructureDefinition/organization-brand',
        extension: [{ url: 'brandLogo', valueUrl: 'https://harbour.example/logo.svg' }],
      },
      { url: 'https://harbour.example/secret', valueString: 'inside' },
    ],
    active: true,
    name: 'Harbour Clinic',
    telecom: [
      { system: 'phone', value: '555 0100' },
      { system: 'url', value: 'https://harbour.example' },
    ],
    contact: [{ name: { family: 'Insider' } }],
  };
  for (const [id, rest] of Object.entries({
    harbour: {},
    plain: { meta: { tag: [{ code: 'plain' }] } },
    closed: { active: false },
  })) {
    const body = JSON.stringify({ ...organization, id, ...rest });
    expect((await server.fetch(`Organization/${id}`, { method: 'PUT', body })).status).toBe(201);
  }
  const { response, bundle } = await bundleOf({ 'if-none-match': before });
  expect(response.status).toBe(200);
  check(bundle);
  const shown = bundle.entry
    .map(({ resource }) => resource)
    .filter(({ resourceType }) => resourceType === 'Organization');
  expect(shown.map(({ id }) => id)).toEqual(['harbour']);
  expect(shown[0]?.telecom).toEqual([{ system: 'url', value: 'https://harbour.example' }]);
  expect(JSON.stringify(bundle)).toContain('https://harbour.example/logo.svg');
  expect(JSON.stringify(bundle)).not.toMatch(/Insider|secret|555 0100/);
});
