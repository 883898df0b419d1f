import type { FhirContext } from '../../fhir/context.ts';
import type { Operation } from '../../fhir/operations/operation.ts';
import { operationResponse } from '../../fhir/operations/operation-response.ts';
import { notFound, type Result } from '../../fhir/outcome.ts';
import { parametersText, requestParameters } from '../../fhir/parameters.ts';
import type { FhirRequest, FhirResponse } from '../../fhir/request.ts';
import { type PolicyVersion, policyText, policyVersions } from '../policy/versions.ts';

export const policyAnswer = (policy: PolicyVersion, text: string): Result<FhirResponse> =>
  operationResponse(
    parametersText([
      ['version', 'valueString', JSON.stringify(policy.version)],
      ['url', 'valueUrl', JSON.stringify(policy.url)],
      ['sha256', 'valueString', JSON.stringify(policy.sha256)],
      ['material', 'valueBoolean', String(policy.material)],
      ['effective', 'valueDateTime', JSON.stringify(policy.effectiveAt.toISOString())],
      ['text', 'valueString', JSON.stringify(text)],
    ]),
  );

async function run(context: FhirContext, request: FhirRequest): Promise<Result<FhirResponse>> {
  const parameters = requestParameters(request, 'policy');
  if (!parameters.ok) return parameters;
  const { tenant } = request.grant;
  const asked = parameters.value.text('version');
  const all = await policyVersions(context, tenant);
  const found =
    asked === null
      ? all.find(({ effectiveAt }) => effectiveAt.getTime() <= context.now())
      : all.find(({ version }) => version === asked);
  if (!found) return notFound(asked === null ? 'No privacy policy is in force here' : `There is no version ${asked}`);
  return policyAnswer(found, await policyText(context, tenant, found.version));
}

/** The privacy policy in force, or an earlier version, as it is worded. */
export const privacyPolicy: Operation = {
  code: 'privacy-policy',
  definition: 'https://portico.dev/fhir/OperationDefinition/privacy-policy',
  description: 'The privacy policy in force, or another version of it',
  on: { system: true },
  affectsState: false,
  parameters: [
    { name: 'version', use: 'in', min: 0, max: '1', type: 'string' },
    { name: 'text', use: 'out', min: 1, max: '1', type: 'string' },
  ],
  run,
};
