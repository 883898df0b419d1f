import { expect, test } from 'vitest';

import { callerOf } from '../../test/support/caller.ts';
import { parametersText, requestParameters } from './parameters.ts';
import type { FhirRequest } from './request.ts';

const request = (query: string, body: string): FhirRequest => ({
  method: 'POST',
  path: ['Patient', '$x'],
  query,
  header: () => undefined,
  body,
  grant: {
    tenant: 1,
    caller: callerOf(),
    types: new Map(),
    denials: new Map(),
    forbiddenLabels: 0,
    basis: [],
    hash: '',
  },
  base: 'http://h',
});

test('parameters are read by name from the query string and from the body', () => {
  const body = parametersText([
    ['b', 'valueBoolean', 'true'],
    ['m', 'valueMeta', '{"tag":[{"code":"t"}]}'],
    ['r', 'resource', '{"resourceType":"Patient"}'],
  ]);
  const read = requestParameters(request('a=1&a=2', body), 'resource');
  if (!read.ok) throw new Error('refused');
  expect(read.value.texts('a')).toEqual(['1', '2']);
  expect(read.value.text('b')).toBe('true');
  expect(read.value.text('c')).toBeNull();
  expect(read.value.value('m', 'Meta')).toEqual({ tag: [{ code: 't' }] });
  expect(read.value.resource('r')).toEqual({ resourceType: 'Patient' });
  expect(read.value.names()).toEqual(['a', 'b', 'm', 'r']);
});

test('a bare resource is the parameter it stands for', () => {
  const read = requestParameters(request('', '{"resourceType":"Patient"}'), 'resource');
  expect(read.ok && read.value.resource('resource')).toEqual({ resourceType: 'Patient' });
});

test.each(['[]', '{"resourceType":"Parameters","parameter":[{}]}', '{"resourceType":"Parameters","parameter":1}'])(
  '%s is refused',
  (body) => {
    expect(requestParameters(request('', body), 'resource')).toMatchObject({ ok: false, status: 400 });
  },
);
