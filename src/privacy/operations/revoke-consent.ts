import type { FhirContext, Json } from '../../fhir/context.ts';
import { parseLossless, stringifyLossless } from '../../fhir/lossless.ts';
import type { Operation } from '../../fhir/operations/operation.ts';
import { operationResponse } from '../../fhir/operations/operation-response.ts';
import { conflict, invalid, outcomeText, type Result } from '../../fhir/outcome.ts';
import { requestParameters } from '../../fhir/parameters.ts';
import type { FhirRequest, FhirResponse } from '../../fhir/request.ts';
import { unknownId } from '../../fhir/store/read.ts';
import { localName } from '../consents/references.ts';
import { ask } from '../inner-request.ts';

const attempts = 5;

type Revoked = { consent: string; patient: string | null };

const referenceOf = (value: unknown): unknown => (value as { reference?: unknown } | undefined)?.reference;

/** Which Consent, and of whom, where the caller says so. */
function askedFor(request: FhirRequest): Result<Revoked> {
  const parameters = requestParameters(request, 'document');
  if (!parameters.ok) return parameters;
  const [, named = ''] = request.path;
  const given = parameters.value.value('consent', 'Reference');
  const consent = named.startsWith('$') ? localName(referenceOf(given), request.base) : `Consent/${named}`;
  if (!consent?.startsWith('Consent/'))
    return invalid('The parameter consent, a reference to a Consent, is missing', 'Parameters.parameter');
  const patient = localName(referenceOf(parameters.value.value('patient', 'Reference')), request.base);
  return { ok: true, value: { consent: consent.slice('Consent/'.length), patient } };
}

/** The same Consent, in force no more. */
function ended(consent: Json, now: Date): Json {
  const provision = consent.provision as Json | undefined; // checked when it was stored
  const period = provision?.period as { start?: string } | undefined;
  // A period does not end before it begins.
  const isStarted = period?.start === undefined || Date.parse(period.start) <= now.getTime();
  const end = { ...period, end: now.toISOString() };
  return {
    ...consent,
    status: 'inactive',
    ...(provision && isStarted ? { provision: { ...provision, period: end } } : {}),
  };
}

async function run(context: FhirContext, request: FhirRequest): Promise<Result<FhirResponse>> {
  const asked = askedFor(request);
  if (!asked.ok) return asked;
  const { consent: id, patient } = asked.value;
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const current = await context.store.read(request.grant, 'Consent', id);
    if (!current.ok) return current;
    const consent = parseLossless(current.value.content) as Json; // what is stored is a resource
    if (patient !== null && localName(referenceOf(consent.patient), request.base) !== patient)
      return unknownId('Consent', id);
    if (consent.status === 'inactive') return revoked(id);
    const answer = await ask(context, request, {
      method: 'PUT',
      path: ['Consent', id],
      body: stringifyLossless(ended(consent, new Date(context.now()))),
      headers: { 'if-match': `W/"${current.value.version}"` },
    });
    if (answer.ok) return revoked(id);
    if (answer.status !== 412) return answer;
  }
  return conflict(`Consent/${id} is being written by others at the same time; try again`);
}

const revoked = (id: string): Result<FhirResponse> =>
  operationResponse(
    outcomeText([
      {
        severity: 'information',
        code: 'informational',
        diagnostics: `Consent/${id} is revoked: it counts no more from the next request on`,
      },
    ]),
  );

/** https://build.fhir.org/ig/HL7/fhir-consent-management/OperationDefinition-revoke-consent.html */
export const revokeConsent: Operation = {
  code: 'revokeConsent',
  definition: 'http://hl7.org/fhir/us/consent-management/OperationDefinition/revoke-consent',
  description: 'Takes back a Consent: it counts no more from the next request on, at every server',
  on: { types: ['Consent'], instances: ['Consent'] },
  affectsState: true,
  parameters: [
    { name: 'consent', use: 'in', min: 0, max: '1', type: 'Reference' },
    { name: 'patient', use: 'in', min: 0, max: '1', type: 'Reference' },
    { name: 'document', use: 'in', min: 0, max: '1', type: 'Resource' },
    { name: 'return', use: 'out', min: 0, max: '1', type: 'OperationOutcome' },
  ],
  run,
};
