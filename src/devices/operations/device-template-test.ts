import { allows } from '../../fhir/access.ts';
import type { FhirContext } from '../../fhir/context.ts';
import type { Operation } from '../../fhir/operations/operation.ts';
import { operationResponse } from '../../fhir/operations/operation-response.ts';
import { forbidden, invalid, malformed, notFound, ok, type Result } from '../../fhir/outcome.ts';
import { type Parameters, requestParameters } from '../../fhir/parameters.ts';
import type { FhirRequest, FhirResponse } from '../../fhir/request.ts';
import { dryRun, outcomeOf, type Tried } from '../templates/dry-run.ts';
import { extractor, templateNamed } from '../templates/store.ts';
import { readTemplate, type Template } from '../templates/template.ts';

/** The template that was sent along, or else the one that is stored under a name. */
async function templateOf(context: FhirContext, tenant: number, parameters: Parameters): Promise<Result<Template>> {
  const text = parameters.text('template');
  if (text !== null) return readTemplate(text);
  const name = parameters.text('name');
  if (name === null)
    return invalid('Either template, its JSON, or name, that of a stored one, must be given', 'template');
  const stored = await templateNamed(context.database, tenant, name);
  return stored === null ? notFound(`There is no template ${name.slice(0, 64)}`) : readTemplate(stored.content);
}

function payloadOf(parameters: Parameters): Result<unknown> {
  const text = parameters.text('payload');
  if (text === null) return invalid('The parameter payload, the JSON of a payload, is missing', 'payload');
  try {
    return ok(JSON.parse(text));
  } catch {
    return malformed('payload is no JSON', 'payload');
  }
}

const itemOf = ({ path, observation, issues }: Tried) => ({
  name: 'item',
  part: [
    ...(path === '' ? [] : [{ name: 'path', valueString: path }]),
    ...(observation === null ? [] : [{ name: 'observation', resource: observation }]),
    ...(issues.length === 0 ? [] : [{ name: 'outcome', resource: outcomeOf(issues) }]),
  ],
});

async function run(context: FhirContext, request: FhirRequest): Promise<Result<FhirResponse>> {
  const { grant } = request;
  if (grant.caller.actor !== 'operator' && !allows(grant, 'Observation', 'c'))
    return forbidden('Your access does not cover creating Observation, so that no template is yours to try');
  const parameters = requestParameters(request, 'template');
  if (!parameters.ok) return parameters;
  const template = await templateOf(context, grant.tenant, parameters.value);
  if (!template.ok) return template;
  const payload = payloadOf(parameters.value);
  if (!payload.ok) return payload;
  const { mapping, warnings } = template.value;
  const tried = await dryRun(context, extractor, mapping, payload.value, { received: context.now(), zone: 0 });
  const parameter = [
    { name: 'readings', valueInteger: tried.filter(({ observation }) => observation !== null).length },
    ...(warnings.length === 0 ? [] : [{ name: 'outcome', resource: outcomeOf(warnings) }]),
    ...tried.map(itemOf),
  ];
  return operationResponse(JSON.stringify({ resourceType: 'Parameters', parameter }));
}

/** What a template makes of a payload, without storing anything. */
export const deviceTemplateTest: Operation = {
  code: 'device-template-test',
  definition: 'https://portico.dev/fhir/OperationDefinition/device-template-test',
  description:
    'Tells what a mapping template makes of a payload: the Observations and what would be refused; nothing is stored',
  on: { system: true },
  affectsState: false,
  parameters: [
    { name: 'template', use: 'in', min: 0, max: '1', type: 'string', documentation: 'The JSON of a template' },
    { name: 'name', use: 'in', min: 0, max: '1', type: 'code', documentation: 'That of a stored template' },
    { name: 'payload', use: 'in', min: 1, max: '1', type: 'string', documentation: 'The JSON of a payload' },
    { name: 'readings', use: 'out', min: 1, max: '1', type: 'integer', documentation: 'How many would be stored' },
    { name: 'outcome', use: 'out', min: 0, max: '1', type: 'OperationOutcome', documentation: 'Warnings' },
    { name: 'item', use: 'out', min: 0, max: '*', type: 'BackboneElement', documentation: 'What became of each' },
  ],
  run,
};
