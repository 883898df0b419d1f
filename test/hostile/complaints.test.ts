import { afterAll, beforeAll, expect, test } from 'vitest';

import { fileComplaint } from '../../src/privacy/complaint.ts';
import { type Server, startServer } from '../support/server.ts';

let server: Server;
beforeAll(async () => {
  server = await startServer();
}, 120_000);
afterAll(() => server?.close());

const complain = async (from: string): Promise<boolean> =>
  (await fileComplaint(server.smart.fhir, 1, { text: 'Somebody looked', contact: '', from })).ok;

test('O-88 whoever complains without end shuts nobody else out', async () => {
  let taken = 0;
  for (let at = 0; at < 250; at++) if (await complain('address 192.0.2.1')) taken++;
  expect(taken).toBe(5);
  expect(await complain('address 192.0.2.2')).toBe(true);
});

test('O-88 all addresses of one household are one place', async () => {
  let taken = 0;
  for (let at = 0; at < 20; at++) if (await complain(`address 2001:db8:0:7::${at.toString(16)}`)) taken++;
  for (let at = 0; at < 5; at++) if (await complain(`address 2001:0db8:0:7:${at}:2:3:4`)) taken++;
  expect(taken).toBe(5);
  expect(await complain('address 2001:db8:0:8::1')).toBe(true);
  expect(await complain('address ::1')).toBe(true);
});
