import type { Grant } from '../../fhir/access.ts';
import type { FhirContext } from '../../fhir/context.ts';
import type { Operation } from '../../fhir/operations/operation.ts';
import { operationResponse } from '../../fhir/operations/operation-response.ts';
import { invalid, notFound, type Result } from '../../fhir/outcome.ts';
import { parametersText, requestParameters } from '../../fhir/parameters.ts';
import type { FhirRequest, FhirResponse } from '../../fhir/request.ts';
import { note } from '../../fhir/store/release.ts';
import { employeesOf } from '../parties/aggregate/population.ts';
import { whoAgreed } from '../parties/agreed.ts';
import { agreements } from '../parties/agreements.ts';
import { clearanceOf } from '../parties/clearance.ts';
import { employeeBy, employeeSystem, ownOrganization } from '../parties/employer.ts';
import { moduleOf } from '../parties/modules.ts';

/** Tells the ledger what an employer was told of somebody. */
function told(grant: Grant, patient: string, type: string, id: string): void {
  note(grant, { type, id, patient, patients: null, labels: 0, content: '' }, 'r');
}

async function run(context: FhirContext, request: FhirRequest): Promise<Result<FhirResponse>> {
  const employer = ownOrganization(request);
  if (!employer.ok) return employer;
  const { grant } = request;
  const { tenant } = grant;
  if ((await moduleOf(context, tenant, employer.value, 'clearance')) === null)
    return notFound('There is no operation $clearance-status here; /metadata lists those that are');
  const parameters = requestParameters(request, 'employee');
  if (!parameters.ok) return parameters;
  const number = parameters.value.text('employee') ?? '';
  if (number === '') return invalid('employee must be the number of an employee', 'employee');
  const system = await employeeSystem(context, tenant, employer.value);
  const found = await employeeBy(context, tenant, system, number);
  const employees = await employeesOf(context, tenant, employer.value);
  const patient = found?.id ?? '';
  if (!employees.has(patient)) return notFound(`There is no employee ${JSON.stringify(number.slice(0, 100))}`);
  const { date, result } = await clearanceOf(context, tenant, patient);
  told(grant, patient, 'Patient', patient);
  const today = new Date(context.now()).toISOString().slice(0, 10);
  const shown: [string, string, string][] = [
    ['employeeId', 'valueString', JSON.stringify(number)],
    ['participated', 'valueBoolean', String(date !== null)],
    ['date', 'valueDate', JSON.stringify(date ?? today)],
  ];
  const agreed = await whoAgreed(context, tenant, agreements.clearance, `Organization/${employer.value}`, patient);
  if (result && agreed.has(patient)) {
    told(grant, patient, 'Observation', result.observation);
    shown.push(
      ['status', 'valueCode', JSON.stringify(result.status)],
      ['recommendation', 'valueCode', JSON.stringify(result.recommendation)],
    );
  }
  return operationResponse(parametersText(shown));
}

/** Whether an employee took part in the clearance for the workplace, and where they agree how it came out. */
export const clearanceStatus: Operation = {
  code: 'clearance-status',
  definition: 'https://portico.dev/fhir/OperationDefinition/Organization-clearance-status',
  description:
    'Whether an employee took part in the clearance for the workplace and, where they agree, how it came out',
  on: { instances: ['Organization'] },
  affectsState: false,
  parameters: [
    { name: 'employee', use: 'in', min: 1, max: '1', type: 'string', documentation: 'The number of an employee' },
    { name: 'employeeId', use: 'out', min: 1, max: '1', type: 'string' },
    { name: 'participated', use: 'out', min: 1, max: '1', type: 'boolean' },
    { name: 'date', use: 'out', min: 1, max: '1', type: 'date', documentation: 'Of taking part, or of today' },
    { name: 'status', use: 'out', min: 0, max: '1', type: 'code' },
    { name: 'recommendation', use: 'out', min: 0, max: '1', type: 'code', documentation: 'test, self-isolate, none' },
  ],
  run,
};
