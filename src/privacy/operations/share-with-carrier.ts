import type { Communication, Coverage } from '@medplum/fhirtypes';

import { bundleText, searchEntry } from '../../fhir/bundle.ts';
import type { FhirContext } from '../../fhir/context.ts';
import type { Operation } from '../../fhir/operations/operation.ts';
import { operationResponse } from '../../fhir/operations/operation-response.ts';
import { forbidden, invalid, ok, type Result } from '../../fhir/outcome.ts';
import { requestParameters } from '../../fhir/parameters.ts';
import { isId } from '../../fhir/reference.ts';
import type { FhirRequest, FhirResponse } from '../../fhir/request.ts';
import type { Stored } from '../../fhir/store/release.ts';
import { storeMade } from '../made.ts';
import { recordDelivery } from '../parties/audit.ts';
import { carrierView } from '../parties/carrier-view.ts';
import { isInForce } from '../parties/coverage.ts';
import { foundUnder } from '../parties/under-grant.ts';

const waiting = 'requested,received,accepted,ready,in-progress,on-hold';

const noTask = forbidden(
  'What is on file of somebody is shared with a carrier while a request of theirs is open and yours',
);

/** What is shared: the coverages with this carrier that are in force, and who they are of. */
async function facts(
  context: FhirContext,
  { grant }: FhirRequest,
  patient: string,
  carrier: string,
): Promise<Result<readonly Stored[]>> {
  const coverages = await foundUnder(
    context,
    grant,
    'Coverage',
    `beneficiary=Patient/${patient}&payor=Organization/${carrier}`,
  );
  if (!coverages.ok) return coverages;
  // What is stored has been checked to be of its type.
  const current = coverages.value.filter(({ content }) => isInForce(JSON.parse(content) as Coverage, context.now()));
  if (current.length === 0)
    return invalid('The carrier insures this patient by no coverage that is in force', 'carrier');
  const patients = await foundUnder(context, grant, 'Patient', `_id=${patient}`);
  if (!patients.ok) return patients;
  const shown = [...patients.value, ...current];
  return ok(shown.map((row) => ({ ...row, content: carrierView.get(row.type)?.of(row.content) ?? '' })));
}

async function run(context: FhirContext, request: FhirRequest): Promise<Result<FhirResponse>> {
  const { grant, path, base } = request;
  const { tenant, caller } = grant;
  const [, patient = ''] = path;
  if (caller.actor !== 'care-agent')
    return forbidden('An agent of Customer Care shares what is on file with a carrier');
  const parameters = requestParameters(request, 'carrier');
  if (!parameters.ok) return parameters;
  const carrier = parameters.value.text('carrier') ?? '';
  if (!isId(carrier)) return invalid('carrier must be the id of an Organization', 'carrier');
  const tasks = await foundUnder(context, grant, 'Task', `patient=Patient/${patient}&status=${waiting}`);
  const [task] = tasks.ok ? tasks.value : [];
  if (!task) return noTask;
  const shared = await facts(context, request, patient, carrier);
  if (!shared.ok) return shared;
  const coverages = shared.value.filter(({ type }) => type === 'Coverage');
  const sent: Communication = {
    resourceType: 'Communication',
    status: 'completed',
    basedOn: [{ reference: `Task/${task.id}` }],
    subject: { reference: `Patient/${patient}` },
    about: coverages.map(({ id }) => ({ reference: `Coverage/${id}` })),
    sent: new Date(context.now()).toISOString(),
    recipient: [{ reference: `Organization/${carrier}` }],
    payload: coverages.map(({ id }) => ({ contentReference: { reference: `Coverage/${id}` } })),
  };
  const what = coverages.map(({ id }) => `Coverage/${id}`);
  await recordDelivery(context, caller, { patient, to: carrier, purpose: 'COVERAGE', what, basis: `Task/${task.id}` });
  const [written] = await storeMade(context, tenant, [sent]);
  const entries = [...shared.value, ...(written ? [written] : [])].map((row) =>
    searchEntry(base, { ...row, mode: 'match' }),
  );
  return operationResponse(bundleText('searchset', entries, { total: entries.length }));
}

/** Passes on to a carrier what it needs to answer a question that somebody has put to Customer Care. */
export const shareWithCarrier: Operation = {
  code: 'share-with-carrier',
  definition: 'https://portico.dev/fhir/OperationDefinition/Patient-share-with-carrier',
  description: 'Passes on to a carrier who somebody is and how they are covered, while a request of theirs is open',
  on: { instances: ['Patient'] },
  affectsState: true,
  parameters: [
    { name: 'carrier', use: 'in', min: 1, max: '1', type: 'id', documentation: 'The Organization' },
    { name: 'return', use: 'out', min: 1, max: '1', type: 'Bundle', documentation: 'What was passed on' },
  ],
  run,
};
