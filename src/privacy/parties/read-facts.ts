import type { Coverage, Patient } from '@medplum/fhirtypes';

import type { Caller } from '../../fhir/access.ts';
import type { FhirContext } from '../../fhir/context.ts';
import { isInForce, nextChange, patientOf } from './coverage.ts';
import { noParties, type PartyFacts, type PersonName } from './facts.ts';
import { resourcesOf, rowsOf } from './rows.ts';

/** The facts, and ms since 1970 when they change by themselves. */
export type PartyReading = { parties: PartyFacts; until: number };

/** How long it goes unnoticed that somebody changed their name, or a provider opened a place: these raise no epoch. */
const KEPT = 60_000;

const nothing: PartyReading = { parties: noParties, until: Number.POSITIVE_INFINITY };

/** What other parties have to do with whom: for a carrier, a service provider, and a person on their own behalf. */
export async function readParties(context: FhirContext, caller: Caller): Promise<PartyReading> {
  const { actor, organization, fhirUser, patient } = caller;
  if (actor === 'carrier' && organization !== null) return carrierFacts(context, caller.tenant, organization);
  if (actor === 'provider-market' && organization !== null) return providerFacts(context, caller.tenant, organization);
  const self = fhirUser?.startsWith('Patient/') ? fhirUser.slice('Patient/'.length) : patient;
  if (actor === 'self' && self !== null) return selfFacts(context, caller.tenant, self);
  return nothing;
}

async function membersOf(
  context: FhirContext,
  tenant: number,
  criteria: Record<string, string>,
  without: string | null,
): Promise<PartyReading> {
  const all = await resourcesOf<Coverage>(context, { tenant, type: 'Coverage', criteria });
  const now = context.now();
  const counted = all.filter((one) => {
    const member = patientOf(one.beneficiary);
    return isInForce(one, now) && member !== null && member !== without;
  });
  const members = [...new Set(counted.flatMap(({ beneficiary }) => patientOf(beneficiary) ?? []))].sort();
  const coverages = counted.map(({ id }) => `Coverage/${id}`).sort();
  return { parties: { ...noParties, members, coverages }, until: nextChange(all, now) };
}

const carrierFacts = (context: FhirContext, tenant: number, organization: string): Promise<PartyReading> =>
  membersOf(context, tenant, { payor: `Organization/${organization}`, status: 'active' }, null);

/** Whose plan somebody holds beside their own. */
const selfFacts = (context: FhirContext, tenant: number, self: string): Promise<PartyReading> =>
  membersOf(context, tenant, { subscriber: `Patient/${self}`, status: 'active' }, self);

const ofProvider = [
  ['HealthcareService', 'organization'],
  ['Location', 'organization'],
  ['PractitionerRole', 'organization'],
] as const;

/** The types of what can be booked, and the parameter that says with whom. */
export const bookingTypes: ReadonlyMap<string, string> = new Map([
  ['Appointment', 'actor'],
  ['ServiceRequest', 'performer'],
  ['SupplyRequest', 'supplier'],
]);

async function providerFacts(context: FhirContext, tenant: number, organization: string): Promise<PartyReading> {
  const own = `Organization/${organization}`;
  const held = await Promise.all(
    ofProvider.map(async ([type, code]) => {
      const rows = await rowsOf(context, { tenant, type, criteria: { [code]: own } }, 'r.id');
      return rows.map(([id]) => `${type}/${id}`);
    }),
  );
  const places = [own, ...held.flat()].sort();
  return {
    parties: { ...noParties, places, names: await namesOf(context, tenant, places) },
    until: context.now() + KEPT,
  };
}

/** A criterion has no more values than that. */
const VALUES = 200;

/** What everybody is called who has a booking with one of the places. */
async function namesOf(
  context: FhirContext,
  tenant: number,
  places: readonly string[],
): Promise<ReadonlyMap<string, PersonName>> {
  const found = new Set<string>();
  for (let from = 0; from < places.length; from += VALUES) {
    const any = places.slice(from, from + VALUES).join(',');
    for (const [type, code] of bookingTypes) {
      const asked = { tenant, type, criteria: { [code]: any } };
      const rows = await rowsOf(context, asked, `distinct unnest(array_append(r.patients, r.patient))`);
      for (const [id] of rows) if (id !== null) found.add(String(id));
    }
  }
  if (found.size === 0) return new Map();
  const patients = await resourcesOf<Patient>(context, { tenant, type: 'Patient', ids: [...found] });
  return new Map(patients.map((patient) => [patient.id ?? '', nameOf(patient)]));
}

/** The name that somebody goes by, or the first they have. */
export function nameOf({ name = [] }: Pick<Patient, 'name'>): PersonName {
  const current = name.filter(({ use }) => use !== 'old' && use !== 'maiden');
  const chosen = current.find(({ use }) => use === 'usual' || use === 'official') ?? current[0];
  return { given: chosen?.given?.[0] ?? null, family: chosen?.family ?? null };
}
