import type { Coverage, Period } from '@medplum/fhirtypes';

import { interval } from '../../fhir/search/dates.ts';

/** When something begins and ends: [start, end) in ms; what does not say is open. */
export function spanOf(period: Period | undefined): { start: number; end: number } {
  const start = period?.start === undefined ? null : interval(period.start);
  const end = period?.end === undefined ? null : interval(period.end);
  return {
    // A date that cannot be read begins never.
    start: start === null ? Number.NEGATIVE_INFINITY : start.ok ? start.value.start : Number.POSITIVE_INFINITY,
    end: end === null ? Number.POSITIVE_INFINITY : end.ok ? end.value.end : Number.NEGATIVE_INFINITY,
  };
}

export const isCurrent = (period: Period | undefined, now: number): boolean => {
  const { start, end } = spanOf(period);
  return start <= now && now < end;
};

/** Whether somebody is covered by it at this moment. */
export const isInForce = ({ status, period }: Coverage, now: number): boolean =>
  status === 'active' && isCurrent(period, now);

/** The first moment after now at which one of these begins or ends. */
export function nextChange(all: readonly Coverage[], now: number): number {
  const moments = all.flatMap(({ period }) => Object.values(spanOf(period))).filter((at) => at > now);
  return Math.min(Number.POSITIVE_INFINITY, ...moments);
}

/** The id of the Patient that a reference is to; null: of none here. */
export const patientOf = (reference: { reference?: string } | undefined): string | null =>
  /^Patient\/([A-Za-z0-9.-]{1,64})$/.exec(reference?.reference ?? '')?.[1] ?? null;

/** Whose plan it is: an employee, and not who is on it because of them. */
export const isOwn = ({ relationship, subscriber, beneficiary }: Coverage): boolean => {
  const codes = relationship?.coding?.map(({ code }) => code) ?? [];
  if (codes.length > 0) return codes.includes('self');
  return subscriber?.reference === undefined || subscriber.reference === beneficiary.reference;
};
