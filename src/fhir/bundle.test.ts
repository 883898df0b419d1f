import { expect, test } from 'vitest';

import { bundleText, historyEntry, outcomeEntry, responseEntry, searchEntry } from './bundle.ts';

const at = new Date('2024-02-03T04:05:06.007Z');

test('a searchset keeps the text of its resources', () => {
  const content = '{"resourceType":"Observation","id":"1","valueQuantity":{"value":1.50}}';
  const entries = [
    searchEntry('http://h/fhir/R4', { type: 'Observation', id: '1', content, mode: 'match' }),
    outcomeEntry([{ severity: 'warning', code: 'not-supported', diagnostics: 'x' }]),
  ];
  const text = bundleText('searchset', entries, { total: 1, links: { self: 'http://h/?a="b"', next: null } });
  expect(text).toContain('"value":1.50');
  expect(JSON.parse(text)).toEqual({
    resourceType: 'Bundle',
    type: 'searchset',
    total: 1,
    link: [{ relation: 'self', url: 'http://h/?a="b"' }],
    entry: [
      { fullUrl: 'http://h/fhir/R4/Observation/1', resource: JSON.parse(content), search: { mode: 'match' } },
      {
        resource: {
          resourceType: 'OperationOutcome',
          issue: [{ severity: 'warning', code: 'not-supported', diagnostics: 'x' }],
        },
        search: { mode: 'outcome' },
      },
    ],
  });
});

test('a Bundle without entries has no entry', () => {
  expect(bundleText('history', [])).toBe('{"resourceType":"Bundle","type":"history"}');
});

test('the versions of a history say how they came about', () => {
  const one = { type: 'Patient', id: 'p', lastUpdated: at, content: '{}' };
  const entries = [
    historyEntry('http://h', { ...one, version: 3, deleted: true }),
    historyEntry('http://h', { ...one, version: 2, deleted: false }),
    historyEntry('http://h', { ...one, version: 1, deleted: false }),
  ].map((text) => JSON.parse(text));
  expect(entries.map(({ request }) => `${request.method} ${request.url}`)).toEqual([
    'DELETE Patient/p',
    'PUT Patient/p',
    'POST Patient',
  ]);
  expect(entries[0]).not.toHaveProperty('resource');
  expect(entries[1].response).toEqual({ status: '200', etag: 'W/"2"', lastModified: at.toISOString() });
});

test('a response entry carries what there is to say', () => {
  const text = responseEntry({
    status: '201 Created',
    location: 'Patient/1/_history/1',
    etag: 'W/"1"',
    lastModified: at,
  });
  expect(JSON.parse(text)).toEqual({
    response: {
      status: '201 Created',
      location: 'Patient/1/_history/1',
      etag: 'W/"1"',
      lastModified: at.toISOString(),
    },
  });
});
