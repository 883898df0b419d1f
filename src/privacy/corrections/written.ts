import type { Provenance, Reference } from '@medplum/fhirtypes';

import type { Grant } from '../../fhir/access.ts';
import type { FhirContext } from '../../fhir/context.ts';
import { ok, type Result } from '../../fhir/outcome.ts';
import type { FhirRequest } from '../../fhir/request.ts';
import { note } from '../../fhir/store/release.ts';
import { systemGrant } from '../../fhir/store/system.ts';
import { storeMade } from '../made.ts';
import type { Step } from './editable.ts';

/** What is to be corrected: `Observation/1`. */
export type Place = { type: string; id: string };

export const nameOf = ({ type, id }: Place): string => `${type}/${id}`;

/** A change of a version as JSON Patch, or as FHIRPath Patch. https://hl7.org/fhir/R4/http.html#patch */
export type Patch = { steps: readonly Step[]; version: number } | { parameters: unknown };

/**
 * Writes a correction as the next version.
 *
 * @param by whose right it is to write: the caller's own, or null where the server does it for who may decide and not write
 * @returns the version; whatever a PATCH is refused with
 */
export async function writeCorrection(
  context: FhirContext,
  request: FhirRequest,
  place: Place,
  patch: Patch,
  by: Grant | null,
): Promise<Result<number>> {
  const isSteps = 'steps' in patch;
  const media = isSteps ? 'application/json-patch+json' : 'application/fhir+json';
  const { tenant } = request.grant;
  const headers: Record<string, string> = {
    'content-type': media,
    ...(isSteps ? { 'if-match': `W/"${patch.version}"` } : {}),
  };
  // Whom it refers to must be there where references are enforced.
  const own = systemGrant(tenant, context.definitions.types);
  const answer = await context.dispatch({
    method: 'PATCH',
    path: [place.type, place.id],
    query: '',
    header: (name) => headers[name],
    body: JSON.stringify(isSteps ? patch.steps : patch.parameters),
    grant: by ?? own,
    base: request.base,
  });
  if (!answer.ok) return answer;
  const written = await context.store.read(own, place.type, place.id);
  if (!written.ok) return written;
  if (by === null) note(request.grant, written.value, 'u');
  return ok(written.value.version);
}

type Signed = { tenant: number; patient: string; place: Place; who: Reference; why: string };

const operations = 'http://terminology.hl7.org/CodeSystem/v3-DataOperation';
const participants = 'http://terminology.hl7.org/CodeSystem/provenance-participant-type';

/**
 * Says who changed what, at whose asking, or what was said against it. It is in the record of the patient, whatever it is about.
 *
 * @param version that was written; null: none was
 * @param source what it came of: `Task/1`, and a statement of disagreement
 * @returns its name
 * @see https://hl7.org/fhir/R4/provenance.html
 */
export async function sign(
  context: FhirContext,
  { tenant, patient, place, who, why }: Signed,
  version: number | null,
  source: readonly string[],
): Promise<string> {
  const now = new Date(context.now()).toISOString();
  const target = version === null ? nameOf(place) : `${nameOf(place)}/_history/${version}`;
  const isOwn = place.type === 'Patient' && place.id === patient;
  const provenance: Provenance = {
    resourceType: 'Provenance',
    target: [{ reference: target }, ...(isOwn && version === null ? [] : [{ reference: `Patient/${patient}` }])],
    recorded: now,
    reason: [{ text: why }],
    activity: { coding: [{ system: operations, code: version === null ? 'APPEND' : 'UPDATE' }] },
    agent: [
      {
        type: { coding: [{ system: participants, code: 'author', display: 'Author' }] },
        // A person here, or whoever is named by their account.
        who: who as Provenance['agent'][number]['who'],
      },
    ],
    entity: source.map((reference) => ({ role: 'source', what: { reference } })),
  };
  const [written] = await storeMade(context, tenant, [provenance]);
  return `Provenance/${written?.id}`;
}
