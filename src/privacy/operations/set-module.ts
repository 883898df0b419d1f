import type { FhirContext } from '../../fhir/context.ts';
import type { Operation } from '../../fhir/operations/operation.ts';
import { operationResponse } from '../../fhir/operations/operation-response.ts';
import { forbidden, invalid, ok, type Result } from '../../fhir/outcome.ts';
import { type Parameters, parametersText, requestParameters } from '../../fhir/parameters.ts';
import type { FhirRequest, FhirResponse } from '../../fhir/request.ts';
import { isModule, type ModuleSettings, modules, setModule } from '../parties/modules.ts';

function settingsOf(parameters: Parameters): Result<ModuleSettings> {
  const [k, mode, employeeSystem] = ['k', 'mode', 'employeeSystem'].map((name) => parameters.text(name));
  if (k != null && !/^(5|10|15|20|25|30|50|100)$/.test(k))
    return invalid('k must be 5, 10, 15, 20, 25, 30, 50 or 100', 'k');
  if (mode != null && mode !== 'reject' && mode !== 'drop') return invalid('mode must be reject or drop', 'mode');
  return ok({
    ...(k == null ? {} : { k: Number(k) }),
    ...(mode == null ? {} : { mode }),
    ...(employeeSystem == null ? {} : { employeeSystem }),
  });
}

async function run(context: FhirContext, request: FhirRequest): Promise<Result<FhirResponse>> {
  const { grant, path } = request;
  const [, organization = ''] = path;
  if (grant.caller.actor !== 'operator') return forbidden('The operator of the server sets what an employer has');
  const parameters = requestParameters(request, 'module');
  if (!parameters.ok) return parameters;
  const module = parameters.value.text('module') ?? '';
  if (!isModule(module)) return invalid(`module must be one of ${modules.join(', ')}`, 'module');
  const enabled = parameters.value.text('enabled');
  if (enabled !== 'true' && enabled !== 'false') return invalid('enabled must be true or false', 'enabled');
  const settings = settingsOf(parameters.value);
  if (!settings.ok) return settings;
  const found = await context.store.read(grant, 'Organization', organization);
  if (!found.ok) return found;
  await setModule(context, grant.tenant, organization, module, enabled === 'true' ? settings.value : null);
  return operationResponse(
    parametersText([
      ['module', 'valueCode', JSON.stringify(module)],
      ['enabled', 'valueBoolean', enabled],
    ]),
  );
}

/** Which parts of the product an employer has. */
export const setModuleOperation: Operation = {
  code: 'set-module',
  definition: 'https://portico.dev/fhir/OperationDefinition/Organization-set-module',
  description: 'Gives a part of the product to an employer, or takes it away',
  on: { instances: ['Organization'] },
  affectsState: true,
  parameters: [
    { name: 'module', use: 'in', min: 1, max: '1', type: 'code', documentation: modules.join(', ') },
    { name: 'enabled', use: 'in', min: 1, max: '1', type: 'boolean' },
    { name: 'k', use: 'in', min: 0, max: '1', type: 'integer', documentation: 'The fewest people of a figure' },
    { name: 'mode', use: 'in', min: 0, max: '1', type: 'code', documentation: 'reject or drop' },
    { name: 'employeeSystem', use: 'in', min: 0, max: '1', type: 'uri' },
  ],
  run,
};
