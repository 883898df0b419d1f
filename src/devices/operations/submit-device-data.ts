import type { FhirContext, Json } from '../../fhir/context.ts';
import type { Operation } from '../../fhir/operations/operation.ts';
import { ok, type Result, unprocessable } from '../../fhir/outcome.ts';
import { requestParameters } from '../../fhir/parameters.ts';
import type { FhirRequest, FhirResponse } from '../../fhir/request.ts';
import type { DeviceParts } from '../deps.ts';
import { entriesOf, itemsOfEntries } from '../entries.ts';
import { formatNamed } from '../format-named.ts';
import type { Limits } from '../limits.ts';
import { patientOf } from '../passage.ts';
import { spool } from '../payloads.ts';
import { admitSubmission, submit } from '../submit.ts';

type Asked = { bundle: Json; subject: string | null; format: string | null };

const types: readonly unknown[] = ['collection', 'batch', 'transaction', 'searchset'];

/** What was sent, as a Bundle: a Binary by itself is one of one entry. */
function asked(request: FhirRequest): Result<Asked> {
  const parameters = requestParameters(request, 'resource');
  // A body that is no resource is nothing that could be taken.
  if (!parameters.ok) return { ...parameters, status: 422 };
  const { value } = parameters;
  const sent = value.resource('resource');
  const reference = value.value('subject', 'Reference') as { reference?: unknown } | undefined; // looked at as unknown
  const subject = typeof reference?.reference === 'string' ? reference.reference : value.text('subject');
  const format = value.text('format');
  if (sent?.resourceType === 'Binary' || sent?.resourceType === 'Observation')
    return ok({ bundle: { resourceType: 'Bundle', type: 'collection', entry: [{ resource: sent }] }, subject, format });
  if (sent?.resourceType !== 'Bundle')
    return unprocessable('A Bundle of Observations, or of payloads, is expected', 'Bundle');
  if (!types.includes(sent.type))
    return unprocessable(`A Bundle of readings is of type ${types.join(', ')}`, 'Bundle.type');
  if (!Array.isArray(sent.entry) || sent.entry.length === 0)
    return unprocessable('The Bundle has no entry', 'Bundle.entry');
  return ok({ bundle: sent, subject, format });
}

async function run(context: FhirContext, request: FhirRequest, limits: Limits): Promise<Result<FhirResponse>> {
  const admitted = admitSubmission(context, request, limits);
  if (!admitted.ok) return admitted;
  const sent = asked(request);
  if (!sent.ok) return sent;
  const { grant } = request;
  const { tenant, caller } = grant;
  const { bundle, format: usual } = sent.value;
  const entries = entriesOf(bundle);
  const subject = sent.value.subject ?? entries.subject;
  const patient = caller.patient ?? (subject === null ? null : await patientOf(context, tenant, grant, subject));
  if (patient === null)
    return unprocessable(
      'Whose readings they are is not said: the subject of an Observation, or the parameter subject',
      'Bundle.entry',
    );
  return submit(context, request, limits, {
    patient,
    format: usual ?? 'fhir',
    sent: await spool(context, tenant, request.bytes ?? Buffer.from(request.body)),
    items: (link) =>
      itemsOfEntries(context, link, bundle, entries, {
        formatNamed: (name) => formatNamed(context, tenant, name),
        usual,
        context: { received: context.now(), zone: 0 },
      }),
    devices: entries.devices,
    entries: entries.entries.length,
  });
}

/** Readings of devices, each taken or refused by itself. */
export const submitDeviceData = ({ limits }: DeviceParts): Operation => ({
  code: 'submit-device-data',
  definition: 'https://portico.dev/fhir/OperationDefinition/submit-device-data',
  description: 'Takes in readings of devices: each entry by itself, once, under the consent of the patient',
  on: { system: true },
  affectsState: true,
  parameters: [
    {
      name: 'resource',
      use: 'in',
      min: 1,
      max: '1',
      type: 'Bundle',
      documentation:
        'Observations with their Devices, or Binaries in the shapes of others, tagged with the name of the format',
    },
    { name: 'format', use: 'in', min: 0, max: '1', type: 'code', documentation: 'Of payloads that have no tag' },
    { name: 'subject', use: 'in', min: 0, max: '1', type: 'Reference', documentation: 'Whose payloads they are' },
    { name: 'return', use: 'out', min: 1, max: '1', type: 'Bundle' },
  ],
  run: (context, request) => run(context, request, limits),
});
