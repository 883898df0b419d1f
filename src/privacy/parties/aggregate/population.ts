import type { Coverage, Patient } from '@medplum/fhirtypes';

import type { FhirContext } from '../../../fhir/context.ts';
import { isInForce, isOwn, patientOf } from '../coverage.ts';
import { resourcesOf, rowsOf } from '../rows.ts';
import { ageBand, type Employee, measures } from './grid.ts';

/** The department that somebody is enrolled under: a class of their coverage. */
function departmentOf({ class: classes = [] }: Coverage): string {
  const named = (code: string) => classes.find(({ type }) => type.coding?.some((one) => one.code === code))?.value;
  return named('subgroup') ?? named('group') ?? 'unknown';
}

/** Age in whole years; null where the date of birth is not known. */
export function yearsAt(birthDate: string | undefined, now: number): number | null {
  if (birthDate === undefined) return null;
  const [year = '', month = '12', day = '31'] = birthDate.split('-');
  const today = new Date(now);
  const years = today.getUTCFullYear() - Number(year);
  const hadBirthday = (today.getUTCMonth() + 1) * 100 + today.getUTCDate() >= Number(month) * 100 + Number(day);
  return hadBirthday ? years : years - 1;
}

/** Whose own plan is paid by an employer at the moment: id of the Patient → department. */
export async function employeesOf(
  context: FhirContext,
  tenant: number,
  organization: string,
): Promise<Map<string, string>> {
  const criteria = { 'policy-holder': `Organization/${organization}`, status: 'active' };
  const coverages = await resourcesOf<Coverage>(context, { tenant, type: 'Coverage', criteria });
  const found = new Map<string, string>();
  for (const coverage of coverages) {
    const patient = patientOf(coverage.beneficiary);
    if (patient === null || found.has(patient) || !isOwn(coverage) || !isInForce(coverage, context.now())) continue;
    found.set(patient, departmentOf(coverage));
  }
  return found;
}

/** Everybody who works for an employer, as far as figures go. */
export async function populationOf(context: FhirContext, tenant: number, organization: string): Promise<Employee[]> {
  const departments = await employeesOf(context, tenant, organization);
  const ids = [...departments.keys()];
  if (ids.length === 0) return [];
  const counted = new Map<string, Set<string>>(ids.map((id) => [id, new Set()]));
  for (const { code, type, criteria } of measures) {
    const rows = await rowsOf(
      context,
      { tenant, type, criteria },
      'distinct unnest(array_append(r.patients, r.patient))',
    );
    for (const [id] of rows) if (id !== null) counted.get(String(id))?.add(code);
  }
  const patients = await resourcesOf<Patient>(context, { tenant, type: 'Patient', ids });
  return patients.map(({ id = '', birthDate, gender }) => ({
    department: departments.get(id) ?? 'unknown',
    age: ageBand(yearsAt(birthDate, context.now())),
    sex: gender ?? 'unknown',
    counts: counted.get(id) ?? new Set(),
  }));
}
