import type { FhirContext, Json } from '../../fhir/context.ts';
import { stringifyLossless } from '../../fhir/lossless.ts';
import type { Operation } from '../../fhir/operations/operation.ts';
import { forbidden, invalid, ok, outcomeText, type Result } from '../../fhir/outcome.ts';
import { requestParameters } from '../../fhir/parameters.ts';
import type { FhirRequest, FhirResponse } from '../../fhir/request.ts';
import { ask } from '../inner-request.ts';

/** What may go with a Consent, to show what was signed or answered. */
const documents: ReadonlySet<unknown> = new Set(['DocumentReference', 'QuestionnaireResponse']);

const uuid = 'urn:uuid:00000000-0000-4000-8000-000000000001';

/** Both are stored, or neither. */
function bundleOf(consent: Json, document: Json | null): string {
  const entry = (resource: Json, fullUrl?: string) => ({
    ...(fullUrl === undefined ? {} : { fullUrl }),
    resource,
    request: { method: 'POST', url: resource.resourceType },
  });
  const isLinked = consent.sourceReference !== undefined || consent.sourceAttachment !== undefined;
  const filed = document === null || isLinked ? consent : { ...consent, sourceReference: { reference: uuid } };
  const entries = [...(document === null ? [] : [entry(document, uuid)]), entry(filed)];
  return stringifyLossless({ resourceType: 'Bundle', type: 'transaction', entry: entries });
}

async function run(context: FhirContext, request: FhirRequest): Promise<Result<FhirResponse>> {
  const parameters = requestParameters(request, 'consent');
  if (!parameters.ok) return parameters;
  const consent = parameters.value.resource('consent');
  const document = parameters.value.resource('document');
  if (consent?.resourceType !== 'Consent')
    return invalid('The parameter consent, a Consent, is missing', 'Parameters.parameter');
  if (document !== null && !documents.has(document.resourceType))
    return invalid('The document must be a DocumentReference or a QuestionnaireResponse', 'Parameters.parameter');
  const answer = await ask(context, request, { method: 'POST', path: [], body: bundleOf(consent, document) });
  if (!answer.ok) return answer;
  // The answer to a transaction has an entry for each of what was sent.
  const { entry } = JSON.parse(String(answer.value.body)) as { entry: { response: { location?: string } }[] };
  const location = entry.at(-1)?.response.location?.replace(/\/_history\/.*$/, '');
  if (location === undefined) return forbidden('The Consent was not stored');
  const [, name = ''] = /(Consent\/[^/]+)$/.exec(location) ?? [];
  const diagnostics = `Filed as ${name}; it counts from the next request on`;
  const body = outcomeText([{ severity: 'information', code: 'informational', diagnostics }]);
  const headers = { 'Content-Type': 'application/fhir+json; charset=utf-8', Location: `${request.base}/${name}` };
  return ok({ status: 201, headers, body });
}

/** https://build.fhir.org/ig/HL7/fhir-consent-management/OperationDefinition-file-consent.html */
export const fileConsent: Operation = {
  code: 'fileConsent',
  definition: 'http://hl7.org/fhir/us/consent-management/OperationDefinition/file-consent',
  description: 'Files a Consent, and what shows that it was given; it is refused where it cannot be held to',
  on: { types: ['Consent'] },
  affectsState: true,
  parameters: [
    { name: 'consent', use: 'in', min: 1, max: '1', type: 'Consent' },
    { name: 'document', use: 'in', min: 0, max: '1', type: 'Resource' },
    { name: 'return', use: 'out', min: 0, max: '1', type: 'OperationOutcome' },
  ],
  run,
};
