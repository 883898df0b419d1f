import type { Patient } from '@medplum/fhirtypes';

import { interval } from '../../fhir/search/dates.ts';
import type { RetentionRule } from './retention-rules.ts';

/** What bears on how long a resource is kept. */
export type Bearing = {
  /** null where there is none any more. */
  patient: Patient | null;
  /** The last entry in the record; ms since 1970. */
  activity: number;
  /** When the period of the resource ended, or it was last written, if that was later; null: it has not ended. */
  periodEnd: number | null;
  /** Whether a bill is not settled yet. */
  isOpen: boolean;
};

/** The instant some calendar years later. */
function yearsAfter(at: number, years: number): number {
  const date = new Date(at);
  date.setUTCFullYear(date.getUTCFullYear() + years);
  return date.getTime();
}

const startOf = (date: string | undefined): number | null => {
  const found = date === undefined ? null : interval(date);
  return found?.ok ? found.value.start : null;
};

const endOf = (date: string | undefined): number | null => {
  const found = date === undefined ? null : interval(date);
  return found?.ok ? found.value.end : null;
};

/** Whether a rule is about people who live where this patient does. */
export function isOfPlace({ jurisdiction }: RetentionRule, patient: Patient | null): boolean {
  const places = (patient?.address ?? []).flatMap(({ country, state }) =>
    country === undefined ? [] : [{ country: country.toUpperCase(), state: state?.toUpperCase() }],
  );
  if (jurisdiction === '*' || places.length === 0) return true;
  const [country, state] = jurisdiction.split('-');
  return places.some((one) => one.country === country && (state === undefined || one.state === state));
}

/** Until when a rule keeps a resource, in ms since 1970; Infinity: as long as nothing changes; null: it says nothing of it. */
export function endOfRule(rule: RetentionRule, { patient, activity, periodEnd, isOpen }: Bearing): number | null {
  if (!isOfPlace(rule, patient)) return null;
  const { trigger, years } = rule;
  if (trigger === 'last-activity') return yearsAfter(activity, years);
  if (trigger === 'period-end') return periodEnd === null ? Number.POSITIVE_INFINITY : yearsAfter(periodEnd, years);
  if (trigger === 'adjudication') return isOpen ? Number.POSITIVE_INFINITY : null;
  if (trigger === 'death') {
    const died = endOf(patient?.deceasedDateTime);
    return died === null ? null : yearsAfter(died, years);
  }
  const born = startOf(patient?.birthDate);
  return born === null ? null : yearsAfter(yearsAfter(born, 18), years);
}

/** The rule that keeps a resource for longest, and until when; null where none says anything of it. */
export function longest(
  rules: readonly RetentionRule[],
  type: string,
  bearing: Bearing,
): { rule: RetentionRule; end: number } | null {
  let found: { rule: RetentionRule; end: number } | null = null;
  for (const rule of rules) {
    if (!rule.types.includes(type)) continue;
    const end = endOfRule(rule, bearing);
    if (end !== null && (found === null || end > found.end)) found = { rule, end };
  }
  return found;
}
