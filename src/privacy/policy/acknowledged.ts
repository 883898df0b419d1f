import type { Consent } from '@medplum/fhirtypes';

import type { Caller } from '../../fhir/access.ts';
import type { FhirContext } from '../../fhir/context.ts';
import { keys } from '../../fhir/search/condition.ts';
import { key } from '../../fhir/search/hash.ts';
import { issuerOf } from '../consents/consent-resource.ts';
import { storeMade } from '../made.ts';
import { patientOf } from '../parties/coverage.ts';
import { resourcesOf } from '../parties/rows.ts';
import { type PolicyVersion, policyName } from './versions.ts';

/** Who agrees: a person, and by whom their apps are let in. Null: who asks is nobody who agrees to a policy. */
export function personOf({ actor, fhirUser, patient }: Caller): string | null {
  if (actor !== 'self' && actor !== 'proxy' && actor !== 'app') return null;
  if (fhirUser !== null) return /^(Patient|RelatedPerson)\//.test(fhirUser) ? fhirUser : null;
  return patient === null ? null : `Patient/${patient}`;
}

/** By these the server finds what was agreed to; nobody else may give one. */
const system = (context: FhirContext, tenant: number): string =>
  `${issuerOf(context.settings.baseOf(tenant))}/privacy/acknowledgements`;

const agreementOf = (person: string, version: string): string => `${person} ${version}`;

export async function hasAgreed(
  context: FhirContext,
  tenant: number,
  person: string,
  versions: readonly PolicyVersion[],
): Promise<boolean> {
  const of = system(context, tenant);
  const any = versions.map(({ version }) =>
    key(tenant, 'Consent', 'identifier', 's', `${of}|${agreementOf(person, version)}`),
  );
  const found = await resourcesOf<Consent>(context, {
    tenant,
    type: 'Consent',
    criteria: { status: 'active' },
    conditions: [keys(any, true)],
  });
  // A key is a hash of what is looked for.
  return found.some(({ identifier = [] }) =>
    identifier.some(
      (one) => one.system === of && versions.some(({ version }) => one.value === agreementOf(person, version)),
    ),
  );
}

/** Writes down that a person has read a version of the policy and agrees. @param patient in whose record it is kept */
export async function agree(
  context: FhirContext,
  tenant: number,
  { person, patient, policy }: { person: string; patient: string; policy: PolicyVersion },
): Promise<Consent> {
  const consent: Consent = {
    resourceType: 'Consent',
    identifier: [{ system: system(context, tenant), value: agreementOf(person, policy.version) }],
    status: 'active',
    scope: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }],
    },
    category: [
      {
        coding: [{ system: 'http://loinc.org', code: '57016-8', display: 'Privacy policy acknowledgement Document' }],
      },
    ],
    patient: { reference: `Patient/${patient}` },
    dateTime: new Date(context.now()).toISOString(),
    performer: [{ reference: person as `Patient/${string}` }],
    policy: [{ uri: policyName(policy) }],
    sourceAttachment: {
      contentType: 'text/plain',
      url: policy.url,
      title: `Privacy policy, version ${policy.version}, sha256 ${policy.sha256}`,
    },
  };
  const [written] = await storeMade(context, tenant, [consent]);
  return { ...consent, id: written?.id ?? '' };
}

/** In whose record it is kept that a person has agreed: their own, or of whom they act for. */
export function recordOf({ patient, reach }: Caller, person: string): string | null {
  const own = patientOf({ reference: person });
  return own ?? patient ?? (reach === 'all' ? null : (reach[0] ?? null));
}
