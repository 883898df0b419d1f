import type { Patient } from '@medplum/fhirtypes';

import { admitsChange, type Grant } from '../../fhir/access.ts';
import type { FhirContext, Write } from '../../fhir/context.ts';
import type { Parsed } from '../../fhir/json.ts';
import { ok, type Result, unprocessable } from '../../fhir/outcome.ts';
import { birthday } from '../gate/birthday.ts';
import { readOwn } from '../made.ts';

/** Of a child who is on file because somebody else has a plan. */
const dependentMinor = { system: 'https://portico.dev/fhir/CodeSystem/tag', code: 'dependent-minor' };

/** Years from which somebody has an account, and all that comes with one. */
const ADULT = 18;

/** What a person does for themself, with an account of their own: their health profile, talking to us, their devices. */
const own: ReadonlySet<string> = new Set([
  'Communication',
  'CommunicationRequest',
  'Device',
  'DeviceUseStatement',
  'QuestionnaireResponse',
]);

/** Whether somebody is under 18 at a time, in ms since 1970; of whom no date of birth is known, no. */
export const isMinor = (patient: Patient, now: number): boolean => {
  const grown = birthday(patient, ADULT);
  return grown !== null && now < grown;
};

const isDependent = ({ meta }: Patient): boolean =>
  meta?.tag?.some(({ system, code }) => system === dependentMinor.system && code === dependentMinor.code) ?? false;

/** Whether somebody is a child who is on file because of the plan of somebody else. @param now ms since 1970 */
export const isDependentMinor = (patient: Patient, now: number): boolean =>
  isDependent(patient) && isMinor(patient, now);

type About = { subject?: { reference?: string }; patient?: { reference?: string } };

/** Whether the caller could write it at all: to others it is not told who is a child. */
function mayBeTheirs(context: FhirContext, grant: Grant, { resource, text }: Parsed): boolean {
  const { resourceType: type, id = '' } = resource;
  const { patient, patients, labels } = context.index(grant.tenant, resource);
  const row = { id, content: text, patient, patients, labels };
  return (['c', 'u'] as const).some((one) => admitsChange(grant, type, row, one));
}

/** Of a child who is on somebody's plan there is who they are and their enrolment: neither a profile, a message nor a device. */
async function refuseForMinors(context: FhirContext, grant: Grant, { parsed }: Write): Promise<Result<Parsed>> {
  const { tenant } = grant;
  // Its references were checked; what has neither is about nobody.
  const { subject, patient } = parsed.resource as unknown as About;
  const [, id] = /^Patient\/([A-Za-z0-9.-]{1,64})$/.exec((patient ?? subject)?.reference ?? '') ?? [];
  if (id === undefined || !mayBeTheirs(context, grant, parsed)) return ok(parsed);
  const found = await readOwn<Patient>(context, tenant, 'Patient', id);
  if (!found.ok || !isDependentMinor(found.value.resource, context.now())) return ok(parsed);
  return unprocessable(
    `${parsed.resource.resourceType} is for people of ${ADULT} and more, and of a dependant of less only enrolment is kept`,
  );
}

/** As a check before a write: what is no such type passes at once. */
export const minorsCheck = (
  context: FhirContext,
  grant: Grant,
  write: Write,
): Result<Parsed> | Promise<Result<Parsed>> =>
  own.has(write.parsed.resource.resourceType) ? refuseForMinors(context, grant, write) : ok(write.parsed);
