import { expect, test } from 'vitest';
import { placeOf } from '../tokens/tokens.ts';
import { cookieOf, setCookie } from './session-cookie.ts';

const value = 'a'.repeat(43);

test.each([
  ['http://127.0.0.1:8103', 1, `portico_session=${value}; Path=/; HttpOnly; SameSite=Lax`],
  ['http://127.0.0.1:8103', 2, `portico_session_2=${value}; Path=/t/2; HttpOnly; SameSite=Lax`],
  ['https://fhir.example', 1, `__Host-portico_session=${value}; Path=/; HttpOnly; SameSite=Lax; Secure`],
  ['https://fhir.example', 2, `__Host-portico_session_2=${value}; Path=/; HttpOnly; SameSite=Lax; Secure`],
  ['https://example.org/portico', 1, `__Host-portico_session=${value}; Path=/; HttpOnly; SameSite=Lax; Secure`],
])('the cookie of %s, tenant %s', (baseUrl, tenant, expected) => {
  expect(setCookie({ baseUrl }, { tenant, place: placeOf(baseUrl, tenant) }, value)).toBe(expected);
});

test('over https a cookie that a neighbouring host could set is not looked at', () => {
  const cookies: Record<string, string> = { portico_session: value };
  const cookie = (name: string): string | undefined => cookies[name];
  expect(cookieOf({ baseUrl: 'http://127.0.0.1' }, { tenant: 1, cookie })).toBe(value);
  expect(cookieOf({ baseUrl: 'https://fhir.example' }, { tenant: 1, cookie })).toBeNull();
});

test.each(['', 'short', 'a b', `${value};`, 'x'.repeat(201)])('%j is no value of ours', (text) => {
  expect(cookieOf({ baseUrl: 'http://127.0.0.1' }, { tenant: 1, cookie: () => text })).toBeNull();
});
