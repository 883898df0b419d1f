import { expect, test } from 'vitest';

import type { Json } from '../../fhir/context.ts';
import { loadDefinitions } from '../../fhir/definitions/load.ts';
import { booking } from './booking.ts';
import { carrierView } from './carrier-view.ts';
import { checkElements, fedTypes } from './enrolment/allowed.ts';
import { relayed, withoutAddresses } from './relayed.ts';

const definitions = loadDefinitions();
const names = new Map([['ada', { given: 'Ada', family: 'Quill' }]]);

/** What a resource of the type may have at its top, as the specification says it, and something that it does not. */
const elementsOf = (type: string): string[] => [
  ...(definitions.elements.get(type)?.keys() ?? []),
  ...['extension', 'modifierExtension', 'text', 'language', '_status', 'aNewElement'],
];

/** A resource in which every element is a canary, but for those given. */
const filled = (type: string, given: Json): Json => ({
  ...Object.fromEntries(elementsOf(type).map((name) => [name, [{ text: `canary-${name}`, value: 'canary' }]])),
  resourceType: type,
  id: 'x',
  ...given,
});

const given: Record<string, Json> = {
  Appointment: {
    status: 'booked',
    start: '2030-01-01T00:00:00Z',
    end: '2030-01-01T01:00:00Z',
    serviceType: [{ text: 'Massage' }],
    participant: [
      { actor: { reference: 'Patient/ada', display: 'canary' }, status: 'accepted', type: [{ text: 'canary' }] },
    ],
  },
  ServiceRequest: {
    status: 'active',
    intent: 'order',
    code: { text: 'Meal plan' },
    subject: { reference: 'Patient/ada' },
    occurrenceDateTime: '2030-01-01',
    occurrencePeriod: undefined,
  },
  SupplyRequest: {
    status: 'active',
    itemCodeableConcept: { text: 'Bandage' },
    quantity: { value: 1, unit: 'canary' },
    deliverTo: { reference: 'Patient/ada' },
    occurrenceDateTime: '2030-01-01',
  },
};

test.each(Object.keys(given))('O-40 whatever else %s has, of a booking five keys are shown', (type) => {
  const text = booking(type, names)?.of(JSON.stringify(filled(type, given[type] ?? {}))) ?? '';
  expect(text).not.toContain('canary');
  expect(text).toContain('Quill');
  expect(text).not.toContain('Patient/ada');
});

test('O-41 whatever else a message has, its words are relayed without addresses', () => {
  const message = filled('Communication', {
    status: 'completed',
    sent: '2030-01-01T00:00:00Z',
    received: '2030-01-01T00:00:00Z',
    sender: { reference: 'Patient/ada', display: 'canary', identifier: { value: 'canary' } },
    recipient: [{ reference: 'Organization/spa', display: 'canary' }],
    payload: [{ contentString: 'See you', extension: [{ url: 'canary' }] }, { contentAttachment: { url: 'canary' } }],
  });
  const text = relayed(names).of(JSON.stringify(message));
  expect(text).not.toContain('canary');
  expect(text).toContain('See you');
});

test.each([
  ['write to a.b+c@mail.example.org, please', 'write to […], please'],
  ['call 416-555-0199 or +1 (416) 555 0199', 'call […] or […]'],
  ['call 4165550199.', 'call […].'],
  ['at 10:30, room 1204, for 60 minutes', 'at 10:30, room 1204, for 60 minutes'],
])('O-41 of “%s” is relayed “%s”', (text, left) => {
  expect(withoutAddresses(text)).toBe(left);
});

test.each([...carrierView.keys()])('O-15 a carrier sees of a %s what is on its list', (type) => {
  const shown = JSON.parse(carrierView.get(type)?.of(JSON.stringify(filled(type, {}))) ?? '{}');
  for (const name of [
    'text',
    'extension',
    'modifierExtension',
    'aNewElement',
    'contained',
    'photo',
    'maritalStatus',
    'link',
    'generalPractitioner',
  ])
    expect(shown, name).not.toHaveProperty(name);
});

test.each(fedTypes)('O-02 of a %s that is fed the names of what is not on the list are told, and no value', (type) => {
  const checked = checkElements(filled(type, { name: 'x' }), false);
  expect(checked?.unlisted).toContain(`${type}.aNewElement`);
  expect(checked?.unlisted).toContain(`${type}.extension`);
  expect(checked?.unlisted.join()).not.toContain('canary');
  expect(checkElements({ resourceType: 'Condition' }, false)).toBeNull();
});

test('O-02 what is listed inside of an element stays, and nothing else in it', () => {
  const fed = {
    resourceType: 'Patient',
    name: [{ family: 'Quill', given: ['Ada'], extension: [{ url: 'u' }] }],
    telecom: [{ system: 'email', value: 'a@b.example', period: { start: '2020' } }],
    birthDate: { canary: true },
  };
  expect(checkElements(fed, false)).toEqual({
    kept: {
      resourceType: 'Patient',
      name: [{ family: 'Quill', given: ['Ada'] }],
      telecom: [{ system: 'email', value: 'a@b.example' }],
    },
    unlisted: ['Patient.name.extension', 'Patient.telecom.period', 'Patient.birthDate'],
  });
  expect(checkElements(fed, true)?.unlisted).toContain('Patient.telecom');
});
