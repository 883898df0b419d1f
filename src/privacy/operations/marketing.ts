import type { FhirContext } from '../../fhir/context.ts';
import type { Operation } from '../../fhir/operations/operation.ts';
import { operationResponse } from '../../fhir/operations/operation-response.ts';
import { forbidden, invalid, type Refusal, type Result } from '../../fhir/outcome.ts';
import { requestParameters } from '../../fhir/parameters.ts';
import type { FhirRequest, FhirResponse } from '../../fhir/request.ts';
import { note } from '../../fhir/store/release.ts';
import { type Addressee, audienceOf } from '../parties/marketing/audience.ts';
import { optOutLink } from '../parties/marketing/opt-out.ts';

/** Why somebody may not; null: they may. */
function refusal({ grant }: FhirRequest): Refusal | null {
  const { actor, purpose } = grant.caller;
  const isSender = actor === 'marketing' && purpose === 'HMARKT';
  return isSender ? null : (forbidden('This is for what sends our own messages, and for nobody else') as Refusal);
}

const noted = ({ grant }: FhirRequest, { patient }: Addressee): void =>
  note(grant, { type: 'Patient', id: patient, patient, patients: null, labels: 0, content: '' }, 'r');

async function audience(context: FhirContext, request: FhirRequest): Promise<Result<FhirResponse>> {
  const refused = refusal(request);
  if (refused) return refused;
  const all = await audienceOf(context, request.grant.tenant);
  for (const one of all) noted(request, one);
  const parameter = all.map(({ contact, firstName, tags }) => ({
    name: 'addressee',
    part: [
      { name: 'contact', valueString: contact },
      ...(firstName === '' ? [] : [{ name: 'first-name', valueString: firstName }]),
      ...tags.map((tag) => ({ name: 'goal', valueCode: tag })),
    ],
  }));
  return operationResponse(
    JSON.stringify({ resourceType: 'Parameters', ...(parameter.length > 0 ? { parameter } : {}) }),
  );
}

/** Whom our own messages may be sent to. */
export const marketingAudience: Operation = {
  code: 'marketing-audience',
  definition: 'https://portico.dev/fhir/OperationDefinition/marketing-audience',
  description: 'Who agreed to messages about our own offers, at this moment: an e-mail address, a first name, goals',
  on: { system: true },
  affectsState: false,
  parameters: [{ name: 'addressee', use: 'out', min: 0, max: '*', type: 'BackboneElement' }],
  run: audience,
};

async function sendCheck(context: FhirContext, request: FhirRequest): Promise<Result<FhirResponse>> {
  const refused = refusal(request);
  if (refused) return refused;
  const parameters = requestParameters(request, 'contact');
  if (!parameters.ok) return parameters;
  const contact = parameters.value.text('contact') ?? '';
  if (contact === '') return invalid('contact must be an e-mail address', 'contact');
  const { tenant } = request.grant;
  const found = (await audienceOf(context, tenant)).find((one) => one.contact === contact);
  if (found) noted(request, found);
  const parameter = [
    { name: 'send', valueBoolean: found !== undefined },
    ...(found ? [{ name: 'unsubscribe', valueUrl: optOutLink(context, tenant, found.patient) }] : []),
  ];
  return operationResponse(JSON.stringify({ resourceType: 'Parameters', parameter }));
}

/** Asked right before a message leaves: who has opted out since is not sent to. */
export const marketingSendCheck: Operation = {
  code: 'marketing-send-check',
  definition: 'https://portico.dev/fhir/OperationDefinition/marketing-send-check',
  description: 'Whether a message may be sent to an address at this moment, and its List-Unsubscribe',
  on: { system: true },
  affectsState: true,
  parameters: [
    { name: 'contact', use: 'in', min: 1, max: '1', type: 'string' },
    { name: 'send', use: 'out', min: 1, max: '1', type: 'boolean' },
    { name: 'unsubscribe', use: 'out', min: 0, max: '1', type: 'url' },
  ],
  run: sendCheck,
};
