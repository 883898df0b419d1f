/** What stands for an hour or a day of readings has codes of its own, so that it is never taken for a reading. */
export const rollUpSystem = 'https://portico.dev/fhir/CodeSystem/roll-up';

export const spans = ['hourly', 'daily'] as const;

/** `hourly`: by the minute; `daily`: by the hour. */
export type RollUpSpan = (typeof spans)[number];

/** The code of what readings of a code, or of a measure, are rolled up to: `heart-rate-hourly`, `8867-4-hourly`. */
export const rollUpCode = (code: string, span: RollUpSpan): string => `${code}-${span}`;

/** Tokens of what readings of a code may be rolled up to: who must not see them must not see that. */
export const rollUpCodes = (code: string): readonly { system: string; code: string }[] =>
  spans.map((span) => ({ system: rollUpSystem, code: rollUpCode(code, span) }));
