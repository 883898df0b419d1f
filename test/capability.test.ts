import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { operationDefinition } from '../src/fhir/capability.ts';
import { loadDefinitions } from '../src/fhir/definitions/load.ts';
import { createValidator } from '../src/fhir/validate/validator.ts';
import { operationsOf } from '../src/web/features.ts';
import { type Server, startServer } from './support/server.ts';

const cache = join(import.meta.dirname, '../node_modules/.cache/portico');
let server: Server;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server?.close());

const published = () =>
  readFileSync(join(import.meta.dirname, '../conformance/capability-statement.json'), 'utf8').replaceAll(
    'http://127.0.0.1:8103',
    server.origin,
  );

test('what is published in conformance/ is what the server says; npm run conformance writes it anew', async () => {
  const response = await fetch(`${server.base}/metadata`, { headers: { accept: 'application/fhir+json' } });
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual(JSON.parse(published()));
});

test('the statement is sent once to who has it already', async () => {
  const first = await fetch(`${server.base}/metadata`);
  const etag = first.headers.get('etag') ?? '';
  const second = await fetch(`${server.base}/metadata`, { headers: { 'if-none-match': etag } });
  expect([second.status, await second.text()]).toEqual([304, '']);
});

test('the statement and every OperationDefinition are valid FHIR', async () => {
  const validate = await createValidator(loadDefinitions({ cache }), { cacheFolder: cache });
  const resources = [
    JSON.parse(published()),
    ...operationsOf(new Map()).map((one) => JSON.parse(JSON.stringify(operationDefinition(one)))),
  ];
  const issues = resources.flatMap((resource) => validate(resource)).filter(({ severity }) => severity === 'error');
  expect(issues).toEqual([]);
});
