import type { Binary, DocumentReference } from '@medplum/fhirtypes';

import type { Visit } from '../visits/visit.ts';
import type { Recording } from './recording.ts';

/** What kinds of documents come of visits. */
export const documentSystem = 'https://portico.dev/fhir/CodeSystem/video-document';

const code = { system: documentSystem, code: 'visit-recording', display: 'Recording of a visit by video' };
const restricted = {
  system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality',
  code: 'R',
  display: 'restricted',
};

export const isRecording = ({ type }: DocumentReference): boolean =>
  type?.coding?.some((one) => one.system === documentSystem && one.code === code.code) ?? false;

/** What has been kept of a recording. */
export type Kept = {
  /** The ids of the DocumentReference and the Binary. */
  document: string;
  binary: string;
  sha256: string;
  size: number;
  contentType: string;
  /** Base64 of the sha-1, as FHIR has it; null: not known. */
  sha1: string | null;
};

type Made<T> = T & { id: string };

/** The bytes belong to the Encounter: who may not read that does not read these. */
export const binaryOf = ({ encounter }: Visit, { binary, sha256, contentType }: Kept): Made<Binary> => ({
  resourceType: 'Binary',
  id: binary,
  contentType,
  securityContext: { reference: `Encounter/${encounter}` },
  data: `blob:${sha256}`,
});

/**
 * The recording in the record: restricted, so that of those who treat nobody sees it whom the patient does not let see what is.
 *
 * @param practitioners who treats: `Practitioner/x`
 * @param before the id of the DocumentReference that it goes on from
 */
export function documentOf(
  { encounter, patient }: Visit,
  recording: Recording,
  kept: Kept,
  practitioners: readonly string[],
  before: string | null,
): Made<DocumentReference> {
  const consents = [...new Set(recording.agreed.flatMap((one) => one.consent ?? []))];
  const instant = (at: number): string => new Date(at).toISOString();
  const { startedAt, stoppedAt } = recording;
  return {
    resourceType: 'DocumentReference',
    id: kept.document,
    meta: { security: [restricted] },
    status: 'current',
    docStatus: 'final',
    type: { coding: [code, { system: 'http://loinc.org', code: '56444-3' }] },
    category: [{ coding: [code] }],
    subject: { reference: `Patient/${patient}` },
    date: instant(stoppedAt ?? startedAt),
    ...(practitioners.length === 0 ? {} : { author: practitioners.map((reference) => ({ reference })) }),
    ...(before === null
      ? {}
      : { relatesTo: [{ code: 'appends', target: { reference: `DocumentReference/${before}` } }] }),
    description: 'Recording of a visit by video',
    securityLabel: [{ coding: [restricted] }],
    content: [
      {
        attachment: {
          contentType: kept.contentType,
          url: `Binary/${kept.binary}`,
          size: kept.size,
          ...(kept.sha1 === null ? {} : { hash: kept.sha1 }),
          title: 'Recording',
          creation: instant(startedAt),
        },
      },
    ],
    context: {
      encounter: [{ reference: `Encounter/${encounter}` }],
      period: { start: instant(startedAt), end: instant(stoppedAt ?? startedAt) },
      ...(consents.length === 0 ? {} : { related: consents.map((reference) => ({ reference })) }),
    },
  };
}
