import type {
  Claim,
  ClaimResponse,
  CodeableConcept,
  Condition,
  Coverage,
  Encounter,
  ExplanationOfBenefit,
  Organization,
  Practitioner,
  Reference,
  Resource,
} from '@medplum/fhirtypes';

import type { Booking } from './bookings.ts';
import { at, dayAfter } from './calendar.ts';
import { conditionId } from './clinical.ts';
import { dollars, hl7, snomed, to } from './shapes.ts';
import type { World } from './world.ts';
import { carrierReference, toPatient } from './world.ts';

/** All in cents. */
type Fee = { submitted: number; eligible: number; copay: number; service: CodeableConcept };

const fees: Readonly<Record<'clinic' | 'video', Fee>> = {
  clinic: {
    submitted: 14_500,
    eligible: 11_600,
    copay: 2_500,
    service: snomed(['185349003', 'Encounter for check up']),
  },
  video: {
    submitted: 8_500,
    eligible: 6_800,
    copay: 1_000,
    service: snomed(['448337001', 'Telemedicine consultation with patient']),
  },
};

/** The carrier takes this long, in days; what is newer waits. */
const DECIDED_AFTER = 6;

type Adjudication = { category: CodeableConcept; amount: ReturnType<typeof dollars> };

const adjudication = (code: string, cents: number): Adjudication => ({
  category: hl7('adjudication', code),
  amount: dollars(cents),
});

const amounts = ({ submitted, eligible, copay }: Fee): Adjudication[] => [
  adjudication('submitted', submitted),
  adjudication('eligible', eligible),
  adjudication('copay', copay),
  adjudication('benefit', eligible - copay),
];

const totals = ({ submitted, eligible, copay }: Fee): Adjudication[] => [
  adjudication('submitted', submitted),
  adjudication('benefit', eligible - copay),
];

function claim(booking: Booking, fee: Fee): Claim {
  const { id, person, practitionerId, date, minutes } = booking;
  const reason = person.conditions[0];
  return {
    resourceType: 'Claim',
    id,
    status: 'active',
    type: hl7('claim-type', 'professional'),
    use: 'claim',
    patient: toPatient(person),
    created: at(date, minutes + 60),
    insurer: carrierReference,
    provider: to<Organization>('Organization', person.clinicId),
    priority: hl7('processpriority', 'normal'),
    careTeam: [{ sequence: 1, provider: to<Practitioner>('Practitioner', practitionerId), responsible: true }],
    ...(reason
      ? {
          diagnosis: [{ sequence: 1, diagnosisReference: to<Condition>('Condition', conditionId(person, reason)) }],
        }
      : {}),
    insurance: [{ sequence: 1, focal: true, coverage: to<Coverage>('Coverage', person.id) }],
    item: [
      {
        sequence: 1,
        careTeamSequence: [1],
        ...(reason ? { diagnosisSequence: [1] } : {}),
        productOrService: fee.service,
        servicedDate: date,
        unitPrice: dollars(fee.submitted),
        net: dollars(fee.submitted),
        encounter: [to<Encounter>('Encounter', id)],
      },
    ],
    total: dollars(fee.submitted),
  };
}

/** What the answer to a claim and its explanation to the member have in common. */
function answer(booking: Booking, decided: boolean) {
  const { id, person, date } = booking;
  return {
    status: 'active' as const,
    type: hl7('claim-type', 'professional'),
    use: 'claim' as const,
    patient: toPatient(person),
    created: at(dayAfter(date, decided ? DECIDED_AFTER : 1), 540),
    insurer: carrierReference,
    outcome: decided ? ('complete' as const) : ('queued' as const),
    insurance: [{ sequence: 1, focal: true, coverage: to<Coverage>('Coverage', person.id) }],
    claimReference: to<Claim>('Claim', id),
  };
}

const paid = (booking: Booking, fee: Fee) => ({
  type: hl7('ex-paymenttype', 'complete'),
  date: dayAfter(booking.date, DECIDED_AFTER + 3),
  amount: dollars(fee.eligible - fee.copay),
});

function claimResponse(booking: Booking, fee: Fee, decided: boolean): ClaimResponse {
  const { claimReference, ...common } = answer(booking, decided);
  const requestor: Reference<Organization> = to('Organization', booking.person.clinicId);
  return {
    resourceType: 'ClaimResponse',
    id: booking.id,
    ...common,
    requestor,
    request: claimReference,
    ...(decided
      ? {
          item: [{ itemSequence: 1, adjudication: amounts(fee) }],
          total: totals(fee),
          payment: paid(booking, fee),
        }
      : {}),
  };
}

function explanation(booking: Booking, fee: Fee): ExplanationOfBenefit {
  const { claimReference, insurance, ...common } = answer(booking, true);
  return {
    resourceType: 'ExplanationOfBenefit',
    id: booking.id,
    ...common,
    billablePeriod: { start: booking.date, end: booking.date },
    provider: to<Organization>('Organization', booking.person.clinicId),
    claim: claimReference,
    claimResponse: to<ClaimResponse>('ClaimResponse', booking.id),
    insurance: insurance.map(({ focal, coverage }) => ({ focal, coverage })),
    item: [
      {
        sequence: 1,
        productOrService: fee.service,
        servicedDate: booking.date,
        net: dollars(fee.submitted),
        encounter: [to<Encounter>('Encounter', booking.id)],
        adjudication: amounts(fee),
      },
    ],
    total: totals(fee),
    payment: paid(booking, fee),
  };
}

/** A claim for each finished visit, the carrier's answer, and once it is decided what the member is told. */
export const benefitResources = (world: World, booked: readonly Booking[]): Resource[] =>
  booked
    .filter(({ state }) => state === 'fulfilled')
    .flatMap((booking) => {
      const fee = fees[booking.virtual ? 'video' : 'clinic'];
      // Paid is what has been paid by today, not what will be.
      const decided = dayAfter(booking.date, DECIDED_AFTER + 3) <= world.today;
      return [
        claim(booking, fee),
        claimResponse(booking, fee, decided),
        ...(decided ? [explanation(booking, fee)] : []),
      ];
    });
