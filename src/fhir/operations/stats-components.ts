import type { CodeableConcept, ObservationComponent, Quantity } from '@medplum/fhirtypes';

import { canonical } from '../search/ucum.ts';
import { REGRESSION, type Statistic, type Statistics } from './statistics.ts';
import type { StatsAsk } from './stats-ask.ts';

export const statisticsSystem = 'http://terminology.hl7.org/CodeSystem/observation-statistics';

/** Digits that are more than anybody measures; without the rest 0.1 + 0.2 is 0.3. */
export const rounded = (value: number): number => Number(value.toPrecision(10));

/** A unit that is made of another: `mg/dL` and `/h` is `mg/dL/h`; where UCUM has no such code only people can read it. */
function derived({ unit, code, system }: Quantity, by: (unit: string) => string): Quantity {
  const name = code ?? unit;
  if (name === undefined) return {};
  // A difference of degrees Celsius is one of kelvins.
  const made = by(name === 'Cel' ? 'K' : name);
  const known = code !== undefined && canonical(1, made) !== null;
  return { unit: by(unit ?? name), ...(known ? { ...(system ? { system } : {}), code: made } : {}) };
}

const square = (unit: string): string => (/^[A-Za-z]+$/.test(unit) ? `${unit}2` : `(${unit}).(${unit})`);

function unitOf(kind: Statistic['unit'], quantity: Quantity): Quantity {
  if (kind === 'same') {
    const { unit, system, code } = quantity;
    return { ...(unit === undefined ? {} : { unit }), ...(system ? { system } : {}), ...(code ? { code } : {}) };
  }
  return kind === 'squared' ? derived(quantity, square) : {};
}

const concept = (code: string, display: string, text?: string): CodeableConcept => ({
  coding: [{ system: statisticsSystem, code, display }],
  ...(text === undefined ? {} : { text }),
});

const absent: CodeableConcept = {
  coding: [{ system: 'http://terminology.hl7.org/CodeSystem/data-absent-reason', code: 'not-applicable' }],
};

function component(code: CodeableConcept, value: number | null, unit: Quantity): ObservationComponent {
  if (value === null || !Number.isFinite(value)) return { code, dataAbsentReason: absent };
  return { code, valueQuantity: { value: rounded(value), ...unit } };
}

/** A component for each statistic, two for a regression; where too few values were there for one, it says that it has none. */
export function componentsOf(
  asked: StatsAsk['statistics'],
  all: Statistics,
  quantity: Quantity | null,
): ObservationComponent[] {
  const of = quantity ?? {};
  return asked.flatMap((one) => {
    if (!('of' in one)) {
      const { code, display } = REGRESSION;
      return [
        component(
          concept(code, display, 'gradient'),
          all.gradient,
          derived(of, (unit) => `${unit}/h`),
        ),
        component(concept(code, display, 'intercept'), all.intercept, unitOf('same', of)),
      ];
    }
    const code = concept(one.code, one.display);
    if (one.unit === 'count') return [{ code, valueInteger: one.of(all) ?? 0 }];
    return [component(code, one.of(all), unitOf(one.unit, of))];
  });
}
