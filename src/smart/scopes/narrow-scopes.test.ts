import { expect, test } from 'vitest';

import { areWithin, isWithin, narrowScopes } from './narrow-scopes.ts';
import { parseScopes } from './scopes.ts';

function scopeOf(text: string) {
  const scopes = parseScopes(text);
  const [scope] = scopes.ok ? scopes.value.clinical : [];
  if (!scope) throw new Error(`${text} is no clinical scope`);
  return scope;
}

test.each([
  ['patient/Observation.rs', 'patient/Observation.rs', true],
  ['patient/Observation.r', 'patient/Observation.rs', true],
  ['patient/Observation.rs', 'patient/Observation.r', false],
  ['patient/Observation.read', 'patient/Observation.rs', true],
  ['patient/Observation.rs', 'patient/Observation.read', true],
  ['patient/Observation.c', 'patient/Observation.write', true],
  ['patient/Observation.rs', 'patient/*.rs', true],
  ['patient/*.rs', 'patient/Observation.rs', false],
  ['patient/*.*', 'patient/*.cruds', true],
  ['patient/Observation.rs', 'user/Observation.rs', false],
  ['patient/Observation.rs', 'system/*.cruds', false],
  ['patient/Observation.rs?category=a', 'patient/Observation.rs', true],
  ['patient/Observation.rs?category=a', 'patient/*.rs', true],
  ['patient/Observation.rs', 'patient/Observation.rs?category=a', false],
  ['patient/Observation.rs?category=a', 'patient/Observation.rs?category=a', true],
  ['patient/Observation.rs?category=a', 'patient/Observation.rs?category=b', false],
  ['patient/Observation.rs?category=a', 'patient/Observation.rs?category=a,b', true],
  ['patient/Observation.rs?category=a,b', 'patient/Observation.rs?category=a', false],
  ['patient/Observation.rs?category=http://x|a', 'patient/Observation.rs?category=a', true],
  ['patient/Observation.rs?category=http://x|a', 'patient/Observation.rs?category=http://x|', true],
  ['patient/Observation.rs?category=http://x|a', 'patient/Observation.rs?category=http://y|', false],
  ['patient/Observation.rs?category=a', 'patient/Observation.rs?category=http://x|a', false],
  ['patient/Observation.rs?category=|a', 'patient/Observation.rs?category=a', true],
  ['patient/Observation.rs?category=http%3A%2F%2Fx%7Ca', 'patient/Observation.rs?category=http://x|a', true],
  ['patient/Observation.rs?category=a&status=final', 'patient/Observation.rs?category=a', true],
  ['patient/Observation.rs?category=a', 'patient/Observation.rs?category=a&status=final', false],
  ['patient/Observation.rs?status=final&category=a', 'patient/Observation.rs?category=a&status=final', true],
  ['patient/Condition.rs?category=a', 'patient/Observation.rs?category=a', false],
])('%s lies within %s: %s', (scope, of, within) => {
  expect(isWithin(scopeOf(scope), scopeOf(of))).toBe(within);
});

test.each([
  ['openid patient/Observation.rs', 'openid patient/*.cruds', 'openid patient/Observation.rs'],
  ['openid fhirUser', 'openid', 'openid'],
  ['patient/Observation.read', 'patient/Observation.rs', 'patient/Observation.read'],
  ['patient/Observation.cruds', 'patient/Observation.rs', 'patient/Observation.rs'],
  ['patient/Observation.*', 'patient/*.read', 'patient/Observation.rs'],
  ['patient/*.rs', 'patient/Observation.rs patient/Patient.r', 'patient/Observation.rs patient/Patient.r'],
  ['patient/Observation.rs', 'patient/Observation.r patient/Observation.s', 'patient/Observation.rs'],
  ['patient/Observation.rs', 'patient/Observation.rs?category=a', 'patient/Observation.rs?category=a'],
  ['patient/Observation.rs?category=a', 'patient/Observation.rs', 'patient/Observation.rs?category=a'],
  ['patient/Observation.rs?category=a,b', 'patient/Observation.rs?category=a', 'patient/Observation.rs?category=a'],
  ['patient/Observation.rs?category=a', 'patient/Observation.rs?status=final', ''],
  ['patient/Observation.rs', 'user/Observation.rs', ''],
  ['patient/Observation.rs nonsense', 'patient/*.rs nonsense', 'patient/Observation.rs'],
  ['patient/Observation.rs patient/Observation.rs', 'patient/*.rs', 'patient/Observation.rs'],
  ['patient/Observation.cruds', 'patient/*.rs patient/Observation.r', 'patient/Observation.rs'],
])('of %j, where %j is allowed, %j is granted', (asked, allowed, granted) => {
  expect(narrowScopes(asked, allowed)).toBe(granted);
  expect(narrowScopes(granted, allowed)).toBe(granted);
});

test.each([
  ['patient/Observation.rs', 'patient/Observation.rs openid', true],
  ['patient/Observation.rs openid', 'patient/Observation.rs', false],
  ['patient/Observation.cruds', 'patient/Observation.rs', false],
  ['patient/Observation.rs', 'patient/Observation.rs?category=a', false],
  ['patient/Observation.rs?category=a', 'patient/Observation.rs?category=b patient/Observation.rs?category=a', true],
  ['', 'openid', true],
  ['nonsense', 'nonsense', false],
])('A-48 a refresh for %j of what was %j: %s', (asked, granted, may) => {
  expect(areWithin(asked, granted)).toBe(may);
});

test('A-48 no list of scopes takes long to compare, or becomes longer than can be read', () => {
  const list = (of: (at: number) => string): string => {
    const all = Array.from({ length: 300 }, (_, at) => of(at)).join(' ');
    return all.slice(0, all.lastIndexOf(' ', 8000));
  };
  const letters = ['c', 'r', 'u', 'd', 's', 'cr', 'ru', 'rs', 'cu', 'us', 'ds', 'cruds', 'rud', 'uds', 'cru'];
  const lists = [
    list((at) => `patient/Observation.rs?category=c${at}`),
    list((at) => `patient/Observation.rs?code=c${at}&status=s${at}`),
    list((at) => `patient/Observation.${letters[at % letters.length]}?code=${'a,'.repeat(9)}c${at}`),
    list((at) => `patient/*.${letters[at % letters.length]}`),
    list((at) => `patient/Observation.${letters[at % letters.length]}`),
  ];
  const begun = performance.now();
  for (const asked of lists) {
    for (const allowed of lists) {
      const granted = narrowScopes(asked, allowed);
      expect(parseScopes(granted).ok).toBe(true);
      areWithin(asked, allowed);
    }
  }
  expect((performance.now() - begun) / (2 * lists.length ** 2)).toBeLessThan(200);
});
