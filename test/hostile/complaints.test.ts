import { afterAll, beforeAll, expect, test } from 'vitest';

import { fileComplaint } from '../../src/privacy/requests/complaint.ts';
import { inTables } from '../support/canaries.ts';
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

test('A-32 what somebody complained of is found nowhere once their record is erased', async () => {
  await server.fetch('Patient/gone', { method: 'PUT', body: JSON.stringify({ resourceType: 'Patient', id: 'gone' }) });
  const ask = { actor: 'self', patient: 'gone', fhirUser: 'Patient/gone' } as const;
  const headers = { authorization: `Bearer ${await server.token('patient/*.rs', ask)}` };
  const parameter = ['text', 'about', 'contact'].map((name) => ({ name, valueString: `Zqxcanary ${name}` }));
  const body = JSON.stringify({ resourceType: 'Parameters', parameter });
  expect((await server.fetch('Patient/gone/$complain', { method: 'POST', headers, body })).status).toBe(202);
  expect((await server.fetch('Patient/gone/$erase?grace=0', { method: 'POST' })).status).toBe(200);
  expect(await inTables(server.database, ['Zqxcanary'])).toEqual([]);
});
