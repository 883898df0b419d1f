import { beforeAll, expect, test } from 'vitest';

import { type Holder, issue, pemOf, privateKeyPem } from '../../../test/support/test-ca.ts';
import { readUdapSettings, udapOf } from './settings.ts';

const base = 'https://portico.test/fhir/R4';

let root: Holder;
let own: Holder;
let settings: { certificate: string; privateKey: string; anchors: string[] };

beforeAll(async () => {
  root = await issue({ name: 'Community', ca: true });
  own = await issue({ name: 'Portico', uris: [base] }, await issue({ name: 'Middle', ca: true }, root));
  settings = { certificate: pemOf(own), privateKey: await privateKeyPem(own), anchors: [pemOf(root)] };
});

test('the certificate of the server comes with those that lead to the anchor', () => {
  const udap = readUdapSettings(settings);
  expect(udap.chain).toHaveLength(2);
  expect(udap.algorithm).toBe('RS256');
  expect(udap.anchors).toHaveLength(1);
});

test('UDAP is there for the base that the certificate names, and for no other', () => {
  expect(udapOf(settings, base)).not.toBeNull();
  expect(udapOf(settings, 'https://portico.test/t/2/fhir/R4')).toBeNull();
  expect(udapOf(null, base)).toBeNull();
});

test.each<[string, () => Promise<object>]>([
  ['PORTICO_UDAP_CERT', async () => ({ certificate: 'nothing' })],
  ['PORTICO_UDAP_KEY', async () => ({ privateKey: 'nothing' })],
  ['PORTICO_UDAP_KEY', async () => ({ privateKey: await privateKeyPem(root) })],
  ['PORTICO_UDAP_TRUST', async () => ({ anchors: [] })],
  ['PORTICO_UDAP_TRUST', async () => ({ anchors: ['nothing'] })],
])('a wrong %s is named', async (name, wrong) => {
  const given = { ...settings, ...(await wrong()) };
  expect(() => readUdapSettings(given)).toThrow(name);
});
