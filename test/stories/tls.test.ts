import { connect, type SecureVersion } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { type Server, startServer } from '../support/server.ts';
import { tlsSettings } from '../support/tls.ts';

let server: Server;

beforeAll(async () => {
  server = await startServer(await tlsSettings());
});
afterAll(() => server.close());

/** The version that is agreed on by a client that speaks this one alone, and takes any cipher; null: none. */
const spoken = (version: SecureVersion): Promise<string | null> =>
  new Promise((resolve) => {
    const { hostname: host, port } = new URL(server.origin);
    const versions = { minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' };
    const socket = connect({ host, port: Number(port), rejectUnauthorized: false, ...versions });
    socket.once('secureConnect', () => {
      resolve(socket.getProtocol());
      socket.destroy();
    });
    socket.once('error', () => resolve(null));
  });

test.each<[SecureVersion, string | null]>([
  ['TLSv1', null],
  ['TLSv1.1', null],
  ['TLSv1.2', 'TLSv1.2'],
  ['TLSv1.3', 'TLSv1.3'],
])('0 a client that speaks %s alone is answered in %s', async (version, answered) => {
  expect(await spoken(version)).toBe(answered);
});

test('metadata is served without a token, and says https of its endpoints', async () => {
  const response = await fetch(`${server.base}/metadata`);
  expect(response.status).toBe(200);
  expect(server.origin).toMatch(/^https:/);
  expect(await response.text()).toContain(`${server.origin}/oauth2/token`);
});
