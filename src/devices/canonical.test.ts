import { expect, test } from 'vitest';

import { canonical } from './canonical.ts';
import { dateTimeOf, observationOf } from './observation.ts';
import type { Reading } from './reading.ts';

const received = Date.UTC(2025, 5, 2, 12);
const HOUR = 3_600_000;

const heart = (more: Partial<Reading> = {}): Reading => ({
  ...{ kind: 'reading', path: 'body.heart_rate', measure: 'heart-rate', duration: 0 },
  ...{ start: { at: received, zone: -300 }, value: { value: 61, unit: 'bpm' } },
  ...more,
});
const mmHg = (value: number) => ({ value, unit: 'mmHg' });
const pressure = (components: Reading['components']): Reading =>
  heart({ measure: 'blood-pressure', value: null, ...(components ? { components } : {}) });

test('a reading comes out in our units, and everything else of it as it was', () => {
  expect(canonical(heart(), received)).toEqual({ ok: true, value: { ...heart(), value: 61 } });
  const both = { 'systolic-blood-pressure': mmHg(120), 'diastolic-blood-pressure': { value: 10, unit: 'kPa' } };
  expect(canonical(pressure(both), received)).toMatchObject({
    ok: true,
    value: {
      value: null,
      components: { 'systolic-blood-pressure': 120, 'diastolic-blood-pressure': expect.closeTo(75.006, 3) },
    },
  });
});

test.each([
  ['a value that cannot be', heart({ value: { value: 3000, unit: 'bpm' } }), 'value', 'body.heart_rate'],
  ['a negative value', heart({ value: { value: -1, unit: 'bpm' } }), 'value', 'body.heart_rate'],
  ['an unknown unit', heart({ value: { value: 60, unit: 'hz?' } }), 'code-invalid', 'body.heart_rate'],
  ['an unknown measure', heart({ measure: 'aura' }), 'code-invalid', 'body.heart_rate'],
  ['no value', heart({ value: null }), 'required', 'body.heart_rate'],
  ['a code where a number is', heart({ value: { code: 'LA11834-1' } }), 'code-invalid', 'body.heart_rate'],
  [
    'an unknown code',
    heart({ measure: 'exercise-session-type', value: { code: 'x' } }),
    'code-invalid',
    'body.heart_rate',
  ],
  ['half a blood pressure', pressure({ 'systolic-blood-pressure': mmHg(120) }), 'required', 'body.heart_rate'],
  [
    'a blood pressure with an impossible part',
    pressure({ 'systolic-blood-pressure': mmHg(120), 'diastolic-blood-pressure': mmHg(9000) }),
    'value',
    'body.heart_rate.diastolic-blood-pressure',
  ],
  [
    'a part of something else',
    pressure({ 'systolic-blood-pressure': mmHg(120), 'diastolic-blood-pressure': mmHg(80), steps: mmHg(1) }),
    'structure',
    'body.heart_rate',
  ],
  [
    'a blood pressure as one number',
    heart({ measure: 'blood-pressure', value: mmHg(120) }),
    'structure',
    'body.heart_rate',
  ],
  [
    'more than 24 h in the future',
    heart({ start: { at: received + 24 * HOUR + 1, zone: 0 } }),
    'business-rule',
    'body.heart_rate',
  ],
  ['an end more than 24 h in the future', heart({ duration: 25 * HOUR }), 'business-rule', 'body.heart_rate'],
  ['no time', heart({ start: { at: Number.NaN, zone: 0 } }), 'value', 'body.heart_rate'],
  ['an offset that no place has', heart({ start: { at: received, zone: 2000 } }), 'value', 'body.heart_rate'],
  ['a negative length', heart({ duration: -1 }), 'value', 'body.heart_rate'],
  [
    'a time before there were devices',
    heart({ start: { at: Date.UTC(1800, 0, 1), zone: 0 } }),
    'value',
    'body.heart_rate',
  ],
])('%s is refused where it stands', (_, reading, code, expression) => {
  const refused = canonical(reading, received);
  expect(refused).toMatchObject({ ok: false, status: 422, issues: [{ severity: 'error', code, expression }] });
  if (!refused.ok) expect(refused.issues[0]?.diagnostics).not.toContain('3000');
});

test('24 hours in the future, by a clock of another zone, is taken', () => {
  expect(canonical(heart({ start: { at: received + 24 * HOUR, zone: 840 } }), received).ok).toBe(true);
});

test.each([
  [0, '2025-06-02T12:00:00.000Z'],
  [-300, '2025-06-02T07:00:00.000-05:00'],
  [330, '2025-06-02T17:30:00.000+05:30'],
  [-210, '2025-06-02T08:30:00.000-03:30'],
  [840, '2025-06-03T02:00:00.000+14:00'],
])('the clock of the device is %d minutes from UTC', (zone, text) => {
  expect(dateTimeOf(received, zone)).toBe(text);
});

test('what was said by hand is by the patient, and what was measured is by a device', () => {
  const refs = { patient: 'Patient/1', device: null, gateway: null };
  const known = canonical(heart({ selfReported: true }), received);
  if (!known.ok) throw new Error('a good reading');
  expect(observationOf(known.value, refs)).toMatchObject({ performer: [{ reference: 'Patient/1' }] });
  const measured = observationOf(
    { ...known.value, more: { subject: { reference: 'Patient/2' }, status: 'amended' } as never },
    { ...refs, device: 'Device/1', gateway: 'Device/1' },
  );
  expect(measured).toMatchObject({
    device: { reference: 'Device/1' },
    subject: { reference: 'Patient/1' },
    status: 'final',
  });
  expect(measured).not.toHaveProperty('extension');
});
