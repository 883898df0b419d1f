import { expect, test } from 'vitest';

import { loadDefinitions } from '../definitions/load.ts';
import { parseResource } from '../json.ts';
import { rewriteLinks } from './rewrite.ts';

const definitions = loadDefinitions();
const urn = 'urn:uuid:6f9619ff-8b86-d011-b42d-00c04fc964ff';
const lookup = (text: string) => (text === urn ? 'Patient/1' : undefined);

test('links change where the specification says so, and nowhere else', () => {
  const resource = {
    resourceType: 'DocumentReference',
    text: { status: 'generated', div: `<div><a href="${urn}">x</a><img src='${urn}'/> ${urn}</div>` },
    masterIdentifier: { system: 'urn:ietf:rfc:3986', value: urn },
    status: 'current',
    description: `see ${urn} and "reference":"${urn}"`,
    subject: { reference: urn, display: urn },
    contained: [{ resourceType: 'Observation', code: { text: urn }, subject: { reference: urn } }],
    content: [{ attachment: { url: urn, title: urn } }],
    extension: [
      { url: 'http://x', valueUri: urn },
      { url: 'http://y', valueString: urn },
      { url: 'http://z', valueReference: { reference: urn } },
    ],
  };
  const parsed = parseResource(JSON.stringify(resource));
  if (!parsed.ok) throw new Error('refused');
  const result = rewriteLinks(definitions, parsed.value, lookup, ['urn:uuid:']);
  expect(result.resource).toEqual(JSON.parse(result.text));
  expect(result.resource).toEqual({
    ...resource,
    text: { status: 'generated', div: `<div><a href="Patient/1">x</a><img src='Patient/1'/> ${urn}</div>` },
    subject: { reference: 'Patient/1', display: urn },
    contained: [{ resourceType: 'Observation', code: { text: urn }, subject: { reference: 'Patient/1' } }],
    content: [{ attachment: { url: 'Patient/1', title: urn } }],
    extension: [
      { url: 'http://x', valueUri: 'Patient/1' },
      { url: 'http://y', valueString: urn },
      { url: 'http://z', valueReference: { reference: 'Patient/1' } },
    ],
  });
});

test('decimals and what is not a link come back as they were', () => {
  const text = '{"resourceType":"Observation","subject":{"reference":"Patient\\/9"},"valueQuantity":{"value":1.50}}';
  const parsed = parseResource(text);
  if (!parsed.ok) throw new Error('refused');
  expect(rewriteLinks(definitions, parsed.value, lookup, ['urn:uuid:']).text).toBe(text);
  const other = rewriteLinks(definitions, parsed.value, (one) => (one === 'Patient/9' ? 'Patient/1' : undefined), []);
  expect(other.text).toBe(text.replace('Patient\\/9', 'Patient/1'));
  expect(other.resource.subject).toEqual({ reference: 'Patient/1' });
});
