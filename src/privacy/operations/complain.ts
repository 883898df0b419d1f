import type { FhirContext } from '../../fhir/context.ts';
import type { Operation } from '../../fhir/operations/operation.ts';
import { forbidden, ok, type Result } from '../../fhir/outcome.ts';
import { requestParameters } from '../../fhir/parameters.ts';
import type { FhirRequest, FhirResponse } from '../../fhir/request.ts';
import { asksForThemself, whoOf } from '../corrections/who.ts';
import { fileComplaint } from '../requests/complaint.ts';

async function run(context: FhirContext, request: FhirRequest): Promise<Result<FhirResponse>> {
  const { grant, path, base } = request;
  const { tenant, caller } = grant;
  const patient = path.length === 3 ? path[1] : undefined;
  if (patient !== undefined) {
    if (!asksForThemself(caller))
      return forbidden('In the name of a patient they complain themself, or who acts for them');
    const found = await context.store.read(grant, 'Patient', patient);
    if (!found.ok) return found;
  }
  const parameters = requestParameters(request, 'text');
  if (!parameters.ok) return parameters;
  const { value } = parameters;
  const about = value.text('about');
  const task = await fileComplaint(context, tenant, {
    text: value.text('text') ?? '',
    contact: value.text('contact') ?? '',
    ...(about === null ? {} : { about }),
    ...(patient === undefined ? {} : { patient }),
    by: whoOf(context, caller),
    from: `user ${caller.subject}`,
  });
  if (!task.ok) return task;
  const headers = {
    'Content-Type': 'application/fhir+json; charset=utf-8',
    'Content-Location': `${base}/Task/${task.value.id}`,
  };
  return ok({ status: 202, headers, body: JSON.stringify(task.value) });
}

/** Takes a complaint, from whoever is signed in; those who cannot sign in have a page for it. */
export const complain: Operation = {
  code: 'complain',
  definition: 'https://portico.dev/fhir/OperationDefinition/complain',
  description: 'Takes a complaint about how personal information is dealt with; the privacy officers answer it',
  on: { system: true, instances: ['Patient'] },
  affectsState: true,
  parameters: [
    { name: 'text', use: 'in', min: 1, max: '1', type: 'string', documentation: 'What is wrong' },
    { name: 'about', use: 'in', min: 0, max: '1', type: 'string', documentation: 'What or whom it is about, in words' },
    { name: 'contact', use: 'in', min: 0, max: '1', type: 'string', documentation: 'How an answer reaches you' },
    { name: 'return', use: 'out', min: 1, max: '1', type: 'Task' },
  ],
  run,
};
