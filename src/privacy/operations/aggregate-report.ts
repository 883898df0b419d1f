import type { FhirContext } from '../../fhir/context.ts';
import type { Operation } from '../../fhir/operations/operation.ts';
import { ok, type Result } from '../../fhir/outcome.ts';
import type { FhirRequest, FhirResponse } from '../../fhir/request.ts';
import { uuid7 } from '../../fhir/store/uuid.ts';
import { measureReport, noOnwardUse } from '../parties/aggregate/measure-report.ts';
import { monthlyFigures, withinBudget } from '../parties/aggregate/month.ts';
import { ownOrganization } from '../parties/employer.ts';

async function run(context: FhirContext, request: FhirRequest): Promise<Result<FhirResponse>> {
  const employer = ownOrganization(request);
  if (!employer.ok) return employer;
  const { tenant } = request.grant;
  const allowed = await withinBudget(context, tenant, employer.value);
  if (!allowed.ok) return allowed;
  const month = await monthlyFigures(context, tenant, employer.value);
  const now = context.now();
  const report = measureReport(uuid7(now), employer.value, month, now);
  const headers = {
    'Content-Type': 'application/fhir+json; charset=utf-8',
    'X-Data-Obligation': noOnwardUse.code,
  };
  return ok({ status: 200, headers, body: JSON.stringify(report) });
}

/** What an employer is shown of its people: figures of groups. */
export const aggregateReport: Operation = {
  code: 'aggregate-report',
  definition: 'https://portico.dev/fhir/OperationDefinition/Organization-aggregate-report',
  description:
    'The figures of this month of the people of an employer: of groups only, the same for whoever asks again',
  on: { instances: ['Organization'] },
  affectsState: false,
  parameters: [{ name: 'return', use: 'out', min: 1, max: '1', type: 'MeasureReport' }],
  run,
};
