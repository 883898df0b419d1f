import { allows } from '../access.ts';
import type { FhirContext, Json, Resource } from '../context.ts';
import { forbidden, type Issue, invalid, notFound, ok, outcomeText, type Result } from '../outcome.ts';
import { requestParameters } from '../parameters.ts';
import type { FhirRequest, FhirResponse } from '../request.ts';
import { shown } from '../store/binary.ts';
import { isUnreferenced } from '../store/referential.ts';
import { released } from '../store/release.ts';
import type { Operation } from './operation.ts';
import { operationResponse } from './operation-response.ts';

const modes = ['create', 'update', 'delete'] as const;

const problem = (diagnostics: string, code: Issue['code'] = 'invalid'): Issue => ({
  severity: 'error',
  code,
  diagnostics,
});

/** What a resource would meet if it were created, or updated under this id. */
function contentIssues(
  context: FhirContext,
  resource: Json,
  type: string,
  id: string | null,
  mode: string | null,
  profiles: string[],
): Issue[] {
  if (resource.resourceType !== type) {
    return [problem(`The path names ${type}, but the resource is a ${String(resource.resourceType)}`)];
  }
  const issues = [...context.validate(resource, profiles.length > 0 ? { profiles } : {})];
  if (mode === 'update' && resource.id === undefined)
    issues.push(problem('An update needs a resource with its id', 'required'));
  if (mode !== 'create' && id !== null && resource.id !== undefined && resource.id !== id) {
    issues.push(problem(`The path names ${id}, but the id of the resource is ${String(resource.id)}`));
  }
  return issues;
}

/** Whether the resource could be deleted: it is there, the caller may, and nothing that is enforced speaks against it. */
async function deletionIssues(
  context: FhirContext,
  { grant }: FhirRequest,
  type: string,
  id: string,
): Promise<Issue[]> {
  if (!allows(grant, type, 'd')) return [problem(`Your access does not cover deleting ${type}`, 'forbidden')];
  const found = await context.store.read(grant, type, id);
  if (!found.ok) return found.issues;
  const free = await isUnreferenced(context, grant, type, id);
  return free.ok ? [] : free.issues;
}

async function stored(
  context: FhirContext,
  { grant }: FhirRequest,
  type: string,
  id: string,
): Promise<Result<Resource>> {
  if (!allows(grant, type, 'r')) return forbidden(`Your access does not cover reading ${type}`);
  const found = await context.store.read(grant, type, id);
  if (!found.ok) return found;
  // What is stored was a resource when it was stored.
  return ok(JSON.parse(await shown(context, grant, type, released(grant, found.value, 'r').content)) as Resource);
}

const fine: Issue = { severity: 'information', code: 'informational', diagnostics: 'No problem was found' };

async function run(context: FhirContext, request: FhirRequest): Promise<Result<FhirResponse>> {
  const [type = '', second = ''] = request.path;
  const id = second.startsWith('$') ? null : second;
  const parameters = requestParameters(request, 'resource');
  if (!parameters.ok) return parameters;
  const mode = parameters.value.text('mode');
  if (mode !== null && !modes.some((one) => one === mode))
    return invalid(`mode must be one of ${modes.join(', ')}`, 'mode');
  const profiles = parameters.value.texts('profile');
  if (mode === 'delete') {
    if (id === null) return invalid('mode=delete is about an instance: call it on [type]/[id]', 'mode');
    const issues = await deletionIssues(context, request, type, id);
    return operationResponse(outcomeText(issues.length > 0 ? issues : [fine]));
  }
  let resource = parameters.value.resource('resource');
  if (!resource) {
    if (id === null)
      return invalid('There is nothing to validate: send a resource, or call it on [type]/[id]', 'resource');
    const found = await stored(context, request, type, id);
    if (!found.ok) return found.status === 410 ? notFound(`${type}/${id} was deleted`) : found;
    resource = found.value;
  }
  const issues = contentIssues(context, resource, type, id, mode, profiles);
  return operationResponse(outcomeText(issues.length > 0 ? issues : [fine]));
}

/** https://hl7.org/fhir/R4/resource-operation-validate.html */
export const resourceValidate: Operation = {
  code: 'validate',
  definition: 'http://hl7.org/fhir/OperationDefinition/Resource-validate',
  description:
    'Checks a resource against the specification and profiles, and whether it could be created, updated or deleted',
  on: { types: ['*'], instances: ['*'] },
  affectsState: false,
  parameters: [
    { name: 'resource', use: 'in', min: 0, max: '1', type: 'Resource' },
    { name: 'mode', use: 'in', min: 0, max: '1', type: 'code' },
    { name: 'profile', use: 'in', min: 0, max: '*', type: 'uri' },
    { name: 'return', use: 'out', min: 1, max: '1', type: 'OperationOutcome' },
  ],
  run,
};
