import { expect, test } from 'vitest';

import type { FhirContext, Resource, Write } from '../../fhir/context.ts';
import { systemGrant } from '../../fhir/store/system.ts';
import { refuseCards } from './card-numbers.ts';

// The check looks at nothing but the resource.
const context = {} as FhirContext;
const check = (resource: Resource) => {
  const write: Write = { parsed: { text: JSON.stringify(resource), resource }, stored: null, reason: null };
  return refuseCards(context, systemGrant(1, []), write);
};
const message = (contentString: string): Resource => ({
  resourceType: 'Communication',
  status: 'completed',
  payload: [{ contentString }],
});
const base64 = (text: string): string => Buffer.from(text).toString('base64');

test.each([
  '4111 1111 1111 1111',
  '4111-1111-1111-1111',
  '4111111111111111',
  '4111.1111.1111.1111',
  'my card is 4111\u00a01111\u00a01111\u00a01111, thanks',
  'call 416-555-0199 4111 1111 1111 1111',
  '5555555555554444',
  '2223003122003222',
  '378282246310005',
  '3782 822463 10005',
  '30569309025904',
  '6011111111111117',
  '3530111333300000',
  '6205500000000000004',
  '4222222222222',
])('O-13 a message with %s is refused, and the answer has its last four digits only', (text) => {
  const result = check(message(text));
  expect(result).toMatchObject({
    ok: false,
    status: 422,
    issues: [{ expression: 'Communication.payload[0].contentString' }],
  });
  const said = JSON.stringify(result);
  const digits = text.replaceAll(/\D/g, '');
  expect(said).toContain(`****${digits.slice(-4)}`);
  expect(said).not.toMatch(/\d{5}/);
});

test.each<[string, Resource, string]>([
  [
    'the text of an attachment',
    {
      resourceType: 'DocumentReference',
      content: [{ attachment: { contentType: 'text/plain', data: base64('Card: 4111 1111 1111 1111') } }],
    },
    'DocumentReference.content[0].attachment.data',
  ],
  [
    'a narrative',
    {
      resourceType: 'Basic',
      text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">4111111111111111</div>' },
    },
    'Basic.text.div',
  ],
  [
    'an identifier of an account',
    { resourceType: 'Account', identifier: [{ system: 'urn:x', value: '4111111111111111' }] },
    'Account.identifier[0].value',
  ],
  [
    'an identifier that nobody has given',
    { resourceType: 'Patient', identifier: [{ value: '4111111111111111' }] },
    'Patient.identifier[0].value',
  ],
  [
    'a number',
    { resourceType: 'Basic', extension: [{ url: 'urn:x', valueDecimal: 4111111111111111 }] },
    'Basic.extension[0].valueDecimal',
  ],
])('O-13 a card number in %s is refused, with the place', (_, resource, expression) => {
  expect(check(resource)).toMatchObject({ ok: false, status: 422, issues: [{ expression }] });
});

test('O-14 what a payment processor tells is refused while a card number is in it', () => {
  const notice: Resource = {
    resourceType: 'PaymentNotice',
    contained: [
      { resourceType: 'Basic', id: 'w', extension: [{ url: 'urn:card:number', valueString: '5555555555554444' }] },
    ],
  };
  expect(check(notice).ok).toBe(false);
});

test.each<[string, Resource]>([
  [
    'an NPI with its prefix',
    {
      resourceType: 'Practitioner',
      identifier: [{ system: 'http://hl7.org/fhir/sid/us-npi', value: '1234567893' }, { value: '808401234567893' }],
    },
  ],
  [
    'an identifier that passes the check by chance',
    { resourceType: 'Claim', identifier: [{ system: 'urn:claims', value: '4111111111111111' }] },
  ],
  ['a UUID of digits', message('urn:uuid:41111111-1111-4111-8111-111111111111')],
  ['a longer row of digits', message('94111111111111111123')],
  ['a number that fails the check', message('4111 1111 1111 1112')],
  ['a decimal', message('0.4111111111111111')],
  ['times', message('2012-05-29T19:32:52.123-04:00 20120529193252')],
  ['a placeholder', message('0000 0000 0000 0000')],
  [
    'a sampled signal',
    { resourceType: 'Observation', valueSampledData: { dimensions: 1, data: '4111 1111 1111 1111' } },
  ],
  ['an image', { resourceType: 'Media', content: { contentType: 'image/png', data: base64('4111 1111 1111 1111') } }],
])('%s is no card number', (_, resource) => {
  expect(check(resource)).toMatchObject({ ok: true });
});
