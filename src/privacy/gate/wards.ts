import type { Patient, RelatedPerson } from '@medplum/fhirtypes';

import type { FhirContext } from '../../fhir/context.ts';
import { interval } from '../../fhir/search/dates.ts';
import { readOwn } from '../made.ts';
import { birthday } from './birthday.ts';
import type { Ward } from './facts.ts';

const roleCode = 'http://terminology.hl7.org/CodeSystem/v3-RoleCode';

/** Who is one because the patient is a child: parents of any kind, and guardians. A delegate is named by a grown person. */
const guardian: ReadonlySet<string> = new Set([
  ...['GUARD', 'PRN', 'MTH', 'FTH', 'NPRN', 'NMTH', 'NFTH', 'GESTM', 'ADOPTP', 'ADOPTM', 'ADOPTF'],
  ...['PRNFOST', 'MTHFOST', 'FTHFOST', 'STPPRN', 'STPMTH', 'STPFTH', 'GRPRN', 'GRMTH', 'GRFTH'],
]);

/** Years; what a person decides alone from the first on is theirs to tell, and from the second on all is. */
const ADOLESCENT = 12;
const ADULT = 18;

export type Warded = Ward & { until: number };

const isGuardian = ({ relationship = [] }: RelatedPerson): boolean =>
  relationship.some(({ coding = [] }) =>
    coding.some(({ system, code }) => system === roleCode && code !== undefined && guardian.has(code)),
  );

/**
 * How old the patient is under whose guardianship a RelatedPerson has them; empty where there is none. Whoever came to act for
 * somebody after they had grown up does so for another reason, and their age ends nothing.
 */
export async function wardsOf(context: FhirContext, tenant: number, fhirUser: string): Promise<readonly Warded[]> {
  const [, id] = /^RelatedPerson\/(.+)$/.exec(fhirUser) ?? [];
  const own = id === undefined ? null : await readOwn<RelatedPerson>(context, tenant, 'RelatedPerson', id);
  if (!own?.ok || !isGuardian(own.value.resource)) return [];
  const { patient, period } = own.value.resource;
  const [, of] = /^Patient\/([^/]+)$/.exec(patient.reference ?? '') ?? [];
  const found = of === undefined ? null : await readOwn<Patient>(context, tenant, 'Patient', of);
  if (!found || of === undefined) return [];
  // Who is not there any more, or of whom it is not known when they were born, is not held to be a child.
  if (!found.ok) return [{ patient: of, age: 'adult', until: Number.POSITIVE_INFINITY }];
  const [young, grown] = [birthday(found.value.resource, ADOLESCENT), birthday(found.value.resource, ADULT)];
  if (young === null || grown === null) return [{ patient: of, age: 'adolescent', until: Number.POSITIVE_INFINITY }];
  const begun = period?.start === undefined ? null : interval(period.start);
  if (begun?.ok && begun.value.start >= grown) return [];
  const now = context.now();
  if (now >= grown) return [{ patient: of, age: 'adult', until: Number.POSITIVE_INFINITY }];
  if (now >= young) return [{ patient: of, age: 'adolescent', until: grown }];
  return [{ patient: of, age: 'child', until: young }];
}
