import type { Patient } from '@medplum/fhirtypes';

import type { FhirContext } from '../../fhir/context.ts';
import { forbidden, ok, type Result } from '../../fhir/outcome.ts';
import type { FhirRequest } from '../../fhir/request.ts';
import { unknownId } from '../../fhir/store/read.ts';
import { defaultEmployeeSystem, moduleOf } from './modules.ts';
import { resourcesOf } from './rows.ts';

/**
 * The Organization in the path, where it is that of the personnel department that asks.
 *
 * @returns 403 for who is of no personnel department, the 404 of an unknown id for that of another
 */
export function ownOrganization({ grant, path }: FhirRequest): Result<string> {
  const { actor, organization, purpose } = grant.caller;
  const [, id = ''] = path;
  if (actor !== 'hr-admin' || (purpose !== '' && purpose !== 'HOPERAT'))
    return forbidden('This is for the personnel department of an employer');
  return organization === id ? ok(id) : unknownId('Organization', id);
}

const types = 'http://terminology.hl7.org/CodeSystem/v2-0203';

/** Whether an identifier is the number that an employer knows somebody by. */
export const isEmployeeNumber = (
  { system, type }: { system?: string; type?: { coding?: { system?: string; code?: string }[] } },
  employer: string,
): boolean => system === employer && (type?.coding?.some((one) => one.system === types && one.code === 'EI') ?? false);

/** The system of the numbers by which an employer knows its people. */
export async function employeeSystem(context: FhirContext, tenant: number, organization: string): Promise<string> {
  const settings = await Promise.all(
    (['enrolment', 'clearance'] as const).map((module) => moduleOf(context, tenant, organization, module)),
  );
  return settings.find((one) => one?.employeeSystem)?.employeeSystem ?? defaultEmployeeSystem(organization);
}

/** Whom an employer knows by a number of its own; null: nobody, or several. */
export async function employeeBy(
  context: FhirContext,
  tenant: number,
  system: string,
  value: string,
): Promise<Patient | null> {
  // What separates the parts of a query is a part of no number.
  if (value === '' || /[|,$\\]/.test(value)) return null;
  const criteria = { identifier: `${system}|${value}` };
  const found = await resourcesOf<Patient>(context, { tenant, type: 'Patient', criteria });
  const own = found.filter(({ identifier = [] }) =>
    identifier.some((one) => one.value === value && isEmployeeNumber(one, system)),
  );
  return own.length === 1 ? (own[0] ?? null) : null;
}
