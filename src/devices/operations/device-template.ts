import { allows } from '../../fhir/access.ts';
import type { FhirContext } from '../../fhir/context.ts';
import type { Operation } from '../../fhir/operations/operation.ts';
import { operationResponse } from '../../fhir/operations/operation-response.ts';
import { conflict, forbidden, invalid, notFound, ok, type Result } from '../../fhir/outcome.ts';
import { requestParameters } from '../../fhir/parameters.ts';
import type { FhirRequest, FhirResponse } from '../../fhir/request.ts';
import { outcomeOf } from '../templates/dry-run.ts';
import { endTemplate, ownerOf, saveTemplate, templateName } from '../templates/store.ts';
import { readTemplate } from '../templates/template.ts';

/** Who writes templates; their names, as they are kept beside them. */
async function writer(context: FhirContext, { grant }: FhirRequest, name: string): Promise<Result<string>> {
  const { tenant, caller } = grant;
  const { actor, clientId, subject } = caller;
  const by = clientId === null ? `user:${subject}` : `client:${clientId}`;
  if (actor === 'operator') return ok(by);
  const may = (actor === 'device-gateway' || actor === 'system') && allows(grant, 'Observation', 'c');
  if (!may) return forbidden('The operator writes templates, and a gateway or a system that may create Observation');
  const owner = await ownerOf(context.database, tenant, name);
  return owner === null || owner === by ? ok(by) : forbidden(`The template ${name} is another client's`);
}

async function run(context: FhirContext, request: FhirRequest): Promise<Result<FhirResponse>> {
  const parameters = requestParameters(request, 'template');
  if (!parameters.ok) return parameters;
  const name = parameters.value.text('name') ?? '';
  if (!templateName.test(name))
    return invalid('name must be small letters, digits and hyphens, 64 at most, and begin with a letter', 'name');
  const by = await writer(context, request, name);
  if (!by.ok) return by;
  const { tenant } = request.grant;
  const change = { tenant, name, by: by.value, now: context.now() };
  const text = parameters.value.text('template');
  if (parameters.value.text('end') === 'true') {
    if (text !== null) return invalid('Either a template is given or it is ended', 'end');
    const ended = await endTemplate(context.database, change);
    return ended
      ? operationResponse(
          JSON.stringify({ resourceType: 'Parameters', parameter: [{ name: 'name', valueCode: name }] }),
        )
      : notFound(`There is no template ${name}`);
  }
  if (text === null) return invalid('The parameter template, the JSON of a template, is missing', 'template');
  const template = readTemplate(text);
  if (!template.ok) return template;
  const version = await saveTemplate(context.database, change, text);
  if (version === null) return conflict(`The template ${name} was changed at the same time: try again`);
  const { warnings } = template.value;
  return operationResponse(
    JSON.stringify({
      resourceType: 'Parameters',
      parameter: [
        { name: 'name', valueCode: name },
        { name: 'version', valueInteger: version },
        { name: 'format', valueCode: `template:${name}` },
        ...(warnings.length === 0 ? [] : [{ name: 'outcome', resource: outcomeOf(warnings) }]),
      ],
    }),
  );
}

/** Stores a template by which payloads of a shape of their own are read. */
export const deviceTemplate: Operation = {
  code: 'device-template',
  definition: 'https://portico.dev/fhir/OperationDefinition/device-template',
  description: 'Stores a mapping template for payloads of devices, or ends one',
  on: { system: true },
  affectsState: true,
  parameters: [
    {
      name: 'name',
      use: 'in',
      min: 1,
      max: '1',
      type: 'code',
      documentation: 'Payloads go to devices/template:{name}',
    },
    {
      ...{ name: 'template', use: 'in', min: 0, max: '1', type: 'string' },
      documentation: 'JSON: { readings: […] }, or { deviceContent, fhirMapping } of Azure MedTech',
    },
    { name: 'end', use: 'in', min: 0, max: '1', type: 'boolean', documentation: 'Payloads are read by it no more' },
    { name: 'name', use: 'out', min: 1, max: '1', type: 'code' },
    { name: 'version', use: 'out', min: 0, max: '1', type: 'integer' },
    { name: 'format', use: 'out', min: 0, max: '1', type: 'code', documentation: 'The name of its format' },
    { name: 'outcome', use: 'out', min: 0, max: '1', type: 'OperationOutcome', documentation: 'Warnings' },
  ],
  run,
};
