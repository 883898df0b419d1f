import type { Consent, Encounter } from '@medplum/fhirtypes';
import { isNow } from '../../privacy/consents/consent-effects.ts';
import { consentScope, isActivePrivacy, rootType } from '../../privacy/consents/consent-resource.ts';
import { participation } from '../../privacy/consents/provision-codes.ts';
import { localName } from '../../privacy/consents/references.ts';

export const consentCategory = {
  system: 'https://portico.dev/fhir/CodeSystem/consent-category',
  code: 'video-recording',
  display: 'Recording of a visit by video',
} as const;

const loinc = { system: 'http://loinc.org', code: '59284-0', display: 'Patient Consent' };

/** Who treats in an Encounter: `Practitioner/x`. */
export const treatingIn = ({ participant = [] }: Encounter, base: string): string[] => {
  const names = participant.map(({ individual }) => localName(individual?.reference, base));
  return [...new Set(names.filter((name) => name?.startsWith('Practitioner/') === true).flatMap((name) => name ?? []))];
};

/** Whose consent it is, to what, and who says so. */
export type RecordingConsent = {
  encounter: string;
  patient: string;
  /** `Patient/x` or `RelatedPerson/x`. */
  performer: string;
  /** `Practitioner/x`, one at least: a Consent that names nobody is about everybody. */
  practitioners: readonly string[];
  /** ms since 1970. */
  from: number;
  until: number;
};

/** The Consent by which a patient lets a visit be recorded. It is of this Encounter alone, and ends with it. */
export function recordingConsent(asked: RecordingConsent): Consent {
  const instant = (at: number): string => new Date(at).toISOString();
  const role = { coding: [{ system: participation, code: 'IRCP', display: 'information recipient' }] };
  return {
    resourceType: 'Consent',
    status: 'active',
    scope: { coding: [{ system: consentScope, code: 'patient-privacy' }] },
    category: [{ coding: [loinc] }, { coding: [consentCategory] }],
    patient: { reference: `Patient/${asked.patient}` },
    dateTime: instant(asked.from),
    performer: [{ reference: asked.performer }],
    policyRule: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'OPTIN' }] },
    provision: {
      type: 'permit',
      period: { start: instant(asked.from), end: instant(asked.until) },
      actor: asked.practitioners.map((reference) => ({ role, reference: { reference } })),
      data: [{ meaning: 'instance', reference: { reference: `Encounter/${asked.encounter}` } }],
    },
  };
}

export const isOfRecording = ({ category = [] }: Consent): boolean =>
  category.some(({ coding = [] }) =>
    coding.some(({ system, code }) => system === consentCategory.system && code === consentCategory.code),
  );

type Meant = {
  /** The id of the Encounter. */
  encounter: string;
  practitioners: readonly string[];
  base: string;
  now: number;
};

/** Whether a Consent of the patient lets this visit be recorded now, by one of these who treat in it. */
export function letsRecord(consent: Consent, { encounter, practitioners, base, now }: Meant): boolean {
  const { provision = {} } = consent;
  if (!isActivePrivacy(consent) || !isOfRecording(consent) || rootType(consent) !== 'permit') return false;
  if (!isNow(provision, now) || (provision.provision ?? []).some(({ type }) => type === 'deny')) return false;
  const isOfVisit = (provision.data ?? []).some(
    ({ meaning, reference }) =>
      meaning === 'instance' && localName(reference.reference, base) === `Encounter/${encounter}`,
  );
  const isToThem = (provision.actor ?? []).some(({ reference }) =>
    practitioners.some((one) => localName(reference.reference, base) === one),
  );
  return isOfVisit && isToThem;
}
