import { expect, test } from 'vitest';

import { formatCanonical, formatReference, parseCanonical, parseReference } from './reference.ts';

test.each([
  ['Patient/1', { kind: 'literal', base: null, type: 'Patient', id: '1', version: null }],
  ['Patient/1/_history/2', { kind: 'literal', base: null, type: 'Patient', id: '1', version: '2' }],
  ['http://a.b/fhir/Patient/1', { kind: 'literal', base: 'http://a.b/fhir', type: 'Patient', id: '1', version: null }],
  ['#', { kind: 'contained', id: '' }],
  ['#p1', { kind: 'contained', id: 'p1' }],
  [
    'urn:uuid:6f9619ff-8b86-d011-b42d-00c04fc964ff',
    { kind: 'urn', uri: 'urn:uuid:6f9619ff-8b86-d011-b42d-00c04fc964ff' },
  ],
  ['Practitioner?identifier=s|v', { kind: 'conditional', type: 'Practitioner', query: 'identifier=s|v' }],
  ['http://a.b/Spam/1', { kind: 'uri', uri: 'http://a.b/Spam/1' }],
  ['mailto:a@b', { kind: 'uri', uri: 'mailto:a@b' }],
])('%s is a reference, and is written the same again', (text, reference) => {
  const parsed = parseReference(text);
  expect(parsed).toEqual(reference);
  expect(parsed && formatReference(parsed)).toBe(text);
});

test.each(['', 'Patient', 'Patient/', 'Spam/1', 'Patient/1/2', 'Patient/a b', 'Spam?x=1'])(
  '%s is no reference',
  (text) => {
    expect(parseReference(text)).toBeNull();
  },
);

test.each([
  ['http://a/b', { url: 'http://a/b', version: null, fragment: null }],
  ['http://a/b|1.0#x', { url: 'http://a/b', version: '1.0', fragment: 'x' }],
  ['#x', { url: '', version: null, fragment: 'x' }],
])('%s is a canonical', (text, canonical) => {
  expect(parseCanonical(text)).toEqual(canonical);
  expect(formatCanonical(canonical)).toBe(text);
});
