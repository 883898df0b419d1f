import { decodeJwt } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { grantedScope, itemsOf } from '../../src/smart/authorize/consent-items.ts';
import { parseScopes } from '../../src/smart/scopes/scopes.ts';
import { exchange, grantTo, refresh } from '../support/granted.ts';
import { type Server, startServer } from '../support/server.ts';
import { registerApp } from '../support/smart-world.ts';

let server: Server;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

const category = 'http://terminology.hl7.org/CodeSystem/observation-category|laboratory';

test.each([
  ['patient/*.rs patient/Observation.rs'],
  ['patient/Observation.rs patient/*.rs'],
  ['patient/*.cruds patient/Observation.rs patient/Condition.cu'],
  [`patient/Observation.rs?category=${category} patient/Observation.rs`],
  ['patient/*.rs user/*.rs patient/Observation.r patient/Observation.s'],
])('A-48 of %s nothing is granted that is unticked', (scope) => {
  const boxes = itemsOf(scope);
  for (const left of boxes) {
    const ticked = new Set(boxes.filter((one) => one !== left).map(({ value }) => value));
    const granted = grantedScope(scope, ticked);
    const parsed = parseScopes(granted ?? '');
    if (!parsed.ok || left.kind === 'other') throw new Error('these are all of records');
    const { context, type, interactions, query } = left.scope;
    const reaches = parsed.value.clinical.filter(
      (one) =>
        one.context === context &&
        (one.type === type || one.type === '*') &&
        (one.query === null || one.query === query) &&
        !one.interactions.isDisjointFrom(interactions),
    );
    expect(reaches, left.value).toEqual([]);
  }
});

test.each([
  ['patient/*.rs patient/Observation.rs'],
  [`patient/Observation.rs patient/Observation.rs?category=${category}`],
  ['launch/patient patient/*.cruds patient/Observation.read patient/Condition.rs'],
])('%s is granted as it was asked where all is ticked', (scope) => {
  const ticked = new Set(itemsOf(scope).map(({ value }) => value));
  expect(grantedScope(scope, ticked)?.split(' ').sort()).toEqual(scope.split(' ').sort());
});

test('one of the many of a wider one can be granted alone', () => {
  const scope = 'patient/*.rs patient/Observation.rs';
  expect(grantedScope(scope, new Set(['patient/Observation.rs']))).toBe('patient/Observation.rs');
});

test('A-48 an ID token says no more of a person than the scope that it comes with', async () => {
  const { app } = await registerApp(server);
  const { code } = await grantTo(server, app, { scope: 'openid profile offline_access patient/Patient.rs' });
  const { body } = await exchange(server, app, code);
  expect(decodeJwt(body.id_token ?? '')).toHaveProperty('name');
  const { body: less } = await refresh(server, app, body.refresh_token, { scope: 'openid' });
  expect(decodeJwt(less.id_token ?? '')).not.toHaveProperty('name');
});
