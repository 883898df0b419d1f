import type { Task } from '@medplum/fhirtypes';

import { allows } from '../../fhir/access.ts';
import type { FhirContext } from '../../fhir/context.ts';
import type { Operation } from '../../fhir/operations/operation.ts';
import { operationResponse } from '../../fhir/operations/operation-response.ts';
import { forbidden, invalid, type Result } from '../../fhir/outcome.ts';
import { parametersText, requestParameters } from '../../fhir/parameters.ts';
import type { FhirRequest, FhirResponse } from '../../fhir/request.ts';
import { unknownId } from '../../fhir/store/read.ts';
import { uuid7 } from '../../fhir/store/uuid.ts';
import { breakGlass } from '../gate/break-glass.ts';
import { isWorking } from '../gate/working.ts';
import { readOwn, storeMade } from '../made.ts';
import { notify } from '../requests/notices.ts';
import { raiseAlert } from '../watch/alerts.ts';

/** What a Task of ours asks for where it is no request of a person. */
export const reviewSystem = 'https://portico.dev/fhir/CodeSystem/review';

/** Characters. */
const LONGEST = 1000;

/** What the privacy officer has to look at. */
const reviewOf = (patient: string, practitioner: string, id: string, now: number): Task & { id: string } => ({
  resourceType: 'Task',
  id,
  status: 'requested',
  intent: 'order',
  priority: 'urgent',
  code: { coding: [{ system: reviewSystem, code: 'break-glass', display: 'Review of an emergency access' }] },
  for: { reference: `Patient/${patient}` },
  requester: { reference: practitioner },
  authoredOn: new Date(now).toISOString(),
  lastModified: new Date(now).toISOString(),
});

async function run(context: FhirContext, request: FhirRequest): Promise<Result<FhirResponse>> {
  const { grant, path } = request;
  const { tenant, caller } = grant;
  const [, patient = ''] = path;
  const practitioner = caller.fhirUser;
  const may = caller.actor === 'practitioner' && allows(grant, 'Patient', 'r');
  if (!may || practitioner === null || !(await isWorking(context, tenant, practitioner)))
    return forbidden('In an emergency a practitioner may open a record, by an access that covers reading Patient');
  const parameters = requestParameters(request, 'reason');
  if (!parameters.ok) return parameters;
  const reason = parameters.value.text('reason')?.trim() ?? '';
  if (reason === '' || reason.length > LONGEST)
    return invalid(`reason must say why, in at most ${LONGEST} characters`, 'Parameters.parameter');
  const found = await readOwn(context, tenant, 'Patient', patient);
  if (!found.ok) return unknownId('Patient', patient);
  const now = context.now();
  const review = reviewOf(patient, practitioner, uuid7(now), now);
  // The patient is told, and the officer has it before them, before anything is shown.
  await storeMade(context, tenant, [review]);
  const text =
    'In an emergency a clinician has opened your record, for four hours. The privacy officer looks into each such access.';
  await notify(context, { tenant, patient, recipient: `Patient/${patient}`, about: `Task/${review.id}`, text });
  const why = 'A record was opened in an emergency';
  await raiseAlert(context, { kind: 'break-glass', caller, patient, why });
  const until = await breakGlass(context, { tenant, practitioner, patient, reason }, review.id);
  return operationResponse(
    parametersText([
      ['until', 'valueInstant', JSON.stringify(new Date(until).toISOString())],
      ['review', 'valueReference', JSON.stringify({ reference: `Task/${review.id}` })],
    ]),
  );
}

/** Opens the record of a patient in an emergency, for four hours: they are told, and the privacy officer reviews it. */
export const breakGlassOperation: Operation = {
  code: 'break-glass',
  definition: 'https://portico.dev/fhir/OperationDefinition/Patient-break-glass',
  description: 'Opens the record of a patient to a clinician in an emergency, for four hours',
  on: { instances: ['Patient'] },
  affectsState: true,
  parameters: [
    { name: 'reason', use: 'in', min: 1, max: '1', type: 'string', documentation: 'Why, in words for the review' },
    { name: 'until', use: 'out', min: 1, max: '1', type: 'instant' },
    { name: 'review', use: 'out', min: 1, max: '1', type: 'Reference' },
  ],
  run,
};
