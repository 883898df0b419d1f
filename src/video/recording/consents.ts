import type { Consent, Encounter } from '@medplum/fhirtypes';

import type { Queryable } from '../../db/database.ts';
import type { FhirContext } from '../../fhir/context.ts';
import { search } from '../../fhir/search/search.ts';
import { systemGrant } from '../../fhir/store/system.ts';
import { readOwn } from '../../privacy/made.ts';
import type { Visit } from '../visits/visit.ts';
import { consentCategory, letsRecord, treatingIn } from './consent-resource.ts';
import { type Present, presentIn } from './present.ts';
import type { Agreed } from './recording.ts';

type Stored<T> = T & { id: string };

/** The Consents of the patient that let this visit be recorded now. */
export async function consentsOfPatient(context: FhirContext, visit: Visit): Promise<Stored<Consent>[]> {
  const { tenant, encounter, patient } = visit;
  const base = context.settings.baseOf(tenant);
  const found = await readOwn<Encounter>(context, tenant, 'Encounter', encounter);
  if (!found.ok) return [];
  const practitioners = treatingIn(found.value.resource, base);
  const category = encodeURIComponent(`${consentCategory.system}|${consentCategory.code}`);
  const query = `patient=Patient/${patient}&status=active&category=${category}&data=Encounter/${encounter}&_count=100`;
  const consents = await search(context, systemGrant(tenant, ['Consent']), {
    types: ['Consent'],
    query,
    strict: true,
    base,
  });
  if (!consents.ok) throw new Error(consents.issues[0]?.diagnostics);
  // What is stored has been checked to be of its type.
  const all = consents.value.found.map(({ content }) => JSON.parse(content) as Stored<Consent>);
  return all.filter((one) => letsRecord(one, { encounter, practitioners, base, now: context.now() }));
}

/** What those in a visit have said of themselves, by the ids of participants. */
async function saidIn(on: Queryable, tenant: number, visit: string): Promise<ReadonlyMap<string, boolean>> {
  const rows = await on.query(
    'select participant, given from video_recording_consent where tenant = $1 and visit = $2',
    [tenant, visit],
  );
  return new Map(rows.map(([participant, given]) => [String(participant), given === true]));
}

/** Keeps what somebody says for themself who has no record here. @param now ms since 1970 */
export async function say(
  on: Queryable,
  { tenant, id: visit }: Visit,
  participant: string,
  given: boolean,
  now: number,
): Promise<void> {
  await on.query(
    `insert into video_recording_consent (tenant, visit, participant, given, at) values ($1, $2, $3, $4, $5)
     on conflict (tenant, visit, participant) do update set given = excluded.given, at = excluded.at`,
    [tenant, visit, participant, given, new Date(now)],
  );
}

/** Who is in a visit, and who of them agrees to be recorded. */
export type Standing = { present: readonly Present[]; agreed: readonly Agreed[]; missing: readonly Missing[] };

/** Somebody who has not agreed; `id` null: the patient, who is not there. */
export type Missing = { id: string | null; name: string };

const PATIENT = 'The patient';

/**
 * Whose word there is and whose is missing: of everybody present, and of the patient whether present or not. The patient's is a
 * Consent; that of others is what they have said in this visit.
 */
export async function standingOf(context: FhirContext, visit: Visit): Promise<Standing> {
  const { tenant, id, patient } = visit;
  const on = context.database.byKey;
  const [present, said, consents] = await Promise.all([
    presentIn(on, tenant, id, context.now()),
    saidIn(on, tenant, id),
    consentsOfPatient(context, visit),
  ]);
  const [consent] = consents;
  const agreed: Agreed[] = [];
  const missing: Missing[] = [];
  const isPatient = ({ reference, role }: Present): boolean => role === 'patient' || reference === `Patient/${patient}`;
  for (const one of present) {
    if (isPatient(one)) {
      if (consent) agreed.push({ participant: one.id, consent: `Consent/${consent.id}` });
      else missing.push({ id: one.id, name: one.name });
    } else if (said.get(one.id) === true) agreed.push({ participant: one.id, consent: null });
    else missing.push({ id: one.id, name: one.name });
  }
  if (!consent && !present.some(isPatient)) missing.push({ id: null, name: PATIENT });
  return { present, agreed, missing };
}
