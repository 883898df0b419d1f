import type { Patient } from '@medplum/fhirtypes';

import type { Queryable } from '../../db/database.ts';
import { typeNumber } from '../../fhir/resources.ts';
import { isMinor } from '../../privacy/writes/minors.ts';

const patientSql = `select content from resource where tenant = $1 and type = ${typeNumber('Patient')} and id = $2`;

/** Whether a link is to the record of somebody who is too young for an account of their own. @param fhirUser `Patient/1` */
export async function isTooYoung(on: Queryable, tenant: number, fhirUser: string | null): Promise<boolean> {
  const [, id] = /^Patient\/(.+)$/.exec(fhirUser ?? '') ?? [];
  if (id === undefined) return false;
  const [row] = await on.query(patientSql, [tenant, id]);
  // What is stored has been checked to be a Patient.
  return row !== undefined && isMinor(JSON.parse(String(row[0])) as Patient, Date.now());
}
