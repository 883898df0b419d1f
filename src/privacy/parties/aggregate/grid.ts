/**
 * What an employer is shown, once and for all: the figures, and what they are broken down by. There is no question beside these,
 * so that none can be put together that leads to somebody.
 */

/** Somebody counts who has a row of the type that meets the criteria. */
export type Measure = { code: string; display: string; type: string; criteria: Record<string, string> };

/** What everybody counts in: how many there are. */
export const enrolment = { code: 'enrolment', display: 'Enrolled' } as const;

/** LIST */
export const measures: readonly Measure[] = [
  { code: 'participation', display: 'Takes part in a programme', type: 'CarePlan', criteria: { status: 'active' } },
  { code: 'challenge', display: 'Takes part in a challenge', type: 'Group', criteria: { type: 'person' } },
  { code: 'device', display: 'Has connected a device', type: 'Device', criteria: { status: 'active' } },
  { code: 'visit', display: 'Had a visit', type: 'Encounter', criteria: { status: 'finished' } },
  {
    code: 'health-profile',
    display: 'Completed a health profile',
    type: 'QuestionnaireResponse',
    criteria: { status: 'completed,amended' },
  },
  { code: 'risk-low', display: 'At low risk', type: 'RiskAssessment', criteria: { risk: 'low' } },
  { code: 'risk-moderate', display: 'At moderate risk', type: 'RiskAssessment', criteria: { risk: 'moderate' } },
  { code: 'risk-high', display: 'At high risk', type: 'RiskAssessment', criteria: { risk: 'high' } },
];

/** LIST: nothing that is nearly a name: no date of birth, no place, no role. */
export const dimensions = ['department', 'age', 'sex'] as const;

export type Dimension = (typeof dimensions)[number];

/** What a figure is broken down by. Where it is by two, a department shows all of the parts or none. */
export const tables: readonly (readonly Dimension[])[] = [[], ['department'], ['age'], ['sex'], ['department', 'sex']];

/** Of an age in years the band that it is shown as. */
export function ageBand(years: number | null): string {
  if (years === null) return 'unknown';
  if (years < 30) return '29 or younger';
  if (years >= 60) return '60 or older';
  const from = Math.floor(years / 10) * 10;
  return `${from} to ${from + 9}`;
}

/** Somebody who works there, as far as figures go. */
export type Employee = Readonly<Record<Dimension, string>> & {
  /** The codes of what they count in. */
  counts: ReadonlySet<string>;
};
