import type { Bundle, DocumentReference } from '@medplum/fhirtypes';
import { beforeAll, expect, test } from 'vitest';

import type { Validate } from '../../fhir/context.ts';
import { loadDefinitions } from '../../fhir/definitions/load.ts';
import { createValidator } from '../../fhir/validate/validator.ts';
import { courtOrder, mayUseInProceedings, withPart2Notice } from './part-two.ts';

const now = Date.UTC(2026, 1, 16);
const disclosure = { consents: ['Consent/tpo'], now };
const act = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';

let validate: Validate;
beforeAll(async () => {
  validate = await createValidator(loadDefinitions(), {});
}, 60_000);

const condition = (security: object[]): object => ({
  resource: {
    resourceType: 'Condition',
    id: 'c',
    meta: { security },
    code: { text: 'x' },
    subject: { reference: 'Patient/p' },
    stage: [{ summary: { text: 'a' } }],
  },
});
const bundle = (type: string, entry: object): string =>
  JSON.stringify({ resourceType: 'Bundle', type, ...(type === 'searchset' ? { total: 1 } : {}), entry: [entry] });
const partTwo = condition([{ system: act, code: '42CFRPart2' }]);

test('O-72 a Bundle with a record of Part 2 carries the notice of the law and how far the consent goes', () => {
  const text = withPart2Notice(bundle('searchset', partTwo), disclosure);
  const made = JSON.parse(text) as Bundle;
  expect(made.meta?.security?.map(({ code }) => code)).toEqual(['42CFRPart2', 'NORDSCLCD']);
  expect(made.total).toBe(1);
  const notice = made.entry?.[1];
  expect(notice?.search?.mode).toBe('include');
  const document = notice?.resource as DocumentReference; // the last entry is the notice
  const said = Buffer.from(document.content[0]?.attachment.data ?? '', 'base64').toString();
  expect(said).toContain('42 CFR part 2 prohibits unauthorized use or disclosure of these records.');
  expect(said).toContain('Consent/tpo');
  expect(document.context?.related).toEqual([{ reference: 'Consent/tpo' }]);
  expect(validate(document).filter(({ severity }) => severity === 'error')).toEqual([]);
});

test('O-72 a history has the labels, and a resource by itself, or a Bundle without such records, is as it was', () => {
  const history = JSON.parse(withPart2Notice(bundle('history', partTwo), disclosure)) as Bundle;
  expect(history.entry).toHaveLength(1);
  expect(history.meta?.security).toHaveLength(2);
  const plain = bundle('searchset', condition([]));
  expect(withPart2Notice(plain, disclosure)).toBe(plain);
  const alone = JSON.stringify({
    resourceType: 'Condition',
    meta: { security: [{ system: act, code: '42CFRPart2' }] },
  });
  expect(withPart2Notice(alone, disclosure)).toBe(alone);
});

const order = (changes: Partial<DocumentReference> = {}): DocumentReference => ({
  resourceType: 'DocumentReference',
  status: 'current',
  type: { coding: [courtOrder] },
  subject: { reference: 'Patient/p' },
  content: [{ attachment: { title: 'Order' } }],
  context: { period: { start: '2026-01-01', end: '2026-03-01' } },
  ...changes,
});

test.each<[string, DocumentReference[]]>([
  ['without an order', []],
  ['by the order about another', [order({ subject: { reference: 'Patient/q' } })]],
  ['by an order that was withdrawn', [order({ status: 'entered-in-error' })]],
  ['by an order that is a draft', [order({ docStatus: 'preliminary' })]],
  ['by an order that is over', [order({ context: { period: { end: '2026-02-15' } } })]],
  ['by another document', [order({ type: { text: 'court-order' } })]],
])('O-72 nothing is used in proceedings %s', (_, orders) => {
  expect(mayUseInProceedings('HLEGAL', orders, 'p', now)).toMatchObject({ ok: false, status: 403 });
});

test('O-72 what a court has ordered is used in proceedings, and other uses need no court', () => {
  expect(mayUseInProceedings('HLEGAL', [order()], 'p', now)).toMatchObject({ ok: true });
  expect(mayUseInProceedings('TREAT', [], 'p', now)).toMatchObject({ ok: true });
});
