import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { night, vendorPayloads } from '../../../test/support/vendor-payloads.ts';
import { loadDefinitions } from '../../fhir/definitions/load.ts';
import { createValidator } from '../../fhir/validate/validator.ts';
import { canonical } from '../canonical.ts';
import { observationOf } from '../observation.ts';
import type { Item } from '../reading.ts';
import { fitbit } from './fitbit.ts';
import type { Format } from './format.ts';
import { garmin } from './garmin.ts';
import { googleFit } from './google-fit.ts';
import { googleHealth } from './google-health.ts';
import { ihealth } from './ihealth.ts';
import { oura } from './oura.ts';
import { withings } from './withings.ts';

const validate = await createValidator(loadDefinitions());
const received = Date.UTC(2026, 5, 2);
const read = (format: Format, payload: unknown, zone = 0): Item[] => [...format.read(payload, '', { received, zone })];

test.each(vendorPayloads)('%s is read', (_, format, payload, expected) => {
  const readings = read(format, payload, format === fitbit ? 120 : 0).filter((item) => item.kind === 'reading');
  expect(readings).toMatchObject(expected);
  expect(readings).toHaveLength(expected.length);
  for (const reading of readings) {
    const value = canonical(reading, received);
    if (!value.ok) throw new Error(`${reading.path}: ${value.issues[0]?.diagnostics}`);
    const refs = { patient: 'Patient/1', device: 'Device/1', gateway: null };
    const made = { ...observationOf(value.value, refs), id: 'a' };
    expect(validate(made).filter(({ severity }) => severity === 'error')).toEqual([]);
  }
});

test('readings of one record are told apart, and it is deleted as a whole', () => {
  const parts = read(oura, { sleep: [night] }).flatMap((item) => (item.kind === 'reading' ? (item.record ?? []) : []));
  expect(new Set(parts.map(({ id }) => id))).toEqual(new Set(['sleep/night-1']));
  expect(new Set(parts.map(({ part }) => part)).size).toBe(parts.length);
  expect(read(oura, { deleted: [{ kind: 'sleep', id: 'night-1' }] })).toEqual([
    { kind: 'deleted', path: 'deleted[0]', record: { id: 'sleep/night-1', version: null } },
  ]);
});

test('what Withings does not know the owner of, and what is a goal, is nobody’s reading', () => {
  const group = { grpid: 1, date: 1_780_178_400, measures: [{ type: 1, unit: -3, value: 70_000 }] };
  const of = (more: object) => read(withings, { status: 0, body: { measuregrps: [{ ...group, ...more }] } });
  expect(of({ attrib: 1, category: 1 })).toMatchObject([{ kind: 'nothing' }]);
  expect(of({ attrib: 0, category: 2 })).toMatchObject([{ kind: 'nothing' }]);
  expect(of({ attrib: 0, category: 1 })).toMatchObject([{ kind: 'reading', measure: 'body-weight' }]);
  expect(of({ attrib: 2, category: 1 })).toMatchObject([{ kind: 'reading', selfReported: true }]);
});

test('a day on which clocks are changed is 23 hours long', () => {
  const day = { date: '2026-03-29', timezone: 'Europe/Paris', steps: 5000 };
  expect(read(withings, { body: { activities: [day] } })).toMatchObject([
    { start: { at: Date.parse('2026-03-28T23:00:00Z'), zone: 60 }, duration: 23 * 3_600_000 },
  ]);
});

describe('whatever is sent', () => {
  const payloads = vendorPayloads.map(([, format, payload]) => ({ format, payload }));
  const leaf = fc.oneof(
    fc.string(),
    fc.integer(),
    fc.double(),
    fc.constant(null),
    fc.boolean(),
    fc.constant([]),
    fc.constant({}),
  );

  /** The payload with the value at one of its places replaced. */
  function replaced(value: unknown, steps: readonly number[], by: unknown): unknown {
    const [step, ...rest] = steps;
    if (step === undefined || typeof value !== 'object' || value === null) return by;
    const entries = Object.entries(value);
    if (entries.length === 0) return by;
    const [name, inner] = entries[step % entries.length] ?? ['', null];
    const next = replaced(inner, rest, by);
    return Array.isArray(value) ? value.with(Number(name), next) : { ...value, [name]: next };
  }

  test('a format never throws, and names the place of all that it cannot read', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...payloads),
        fc.array(fc.nat(20), { maxLength: 6 }),
        leaf,
        ({ format, payload }, steps, by) => {
          for (const item of read(format, replaced(payload, steps, by))) {
            if (item.kind === 'reading') canonical(item, received);
            if (item.kind === 'unreadable') expect(item.why).not.toBe('');
          }
        },
      ),
      { numRuns: 3000 },
    );
  });

  test.each([fitbit, garmin, googleFit, googleHealth, ihealth, oura, withings])(
    '$name refuses what is not its own',
    (format) => {
      for (const payload of [null, 1, 'x', [], {}, { a: 1 }, { constructor: [] }, { __proto__: 1, toString: [1] }])
        for (const item of read(format, payload)) expect(['unreadable', 'nothing']).toContain(item.kind);
    },
  );
});
