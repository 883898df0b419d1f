import type { FhirContext } from '../../fhir/context.ts';
import type { Operation } from '../../fhir/operations/operation.ts';
import { forbidden, invalid, ok, type Result } from '../../fhir/outcome.ts';
import { type Parameters, requestParameters } from '../../fhir/parameters.ts';
import type { FhirRequest, FhirResponse } from '../../fhir/request.ts';
import { parseInterval } from '../../fhir/search/dates.ts';
import { publishPolicy } from '../policy/versions.ts';
import { policyAnswer } from './privacy-policy.ts';

function policyOf(parameters: Parameters, now: number) {
  const version = parameters.text('version') ?? '';
  const url = parameters.text('url') ?? '';
  const text = parameters.text('text') ?? '';
  const material = parameters.text('material') ?? 'true';
  const effective = parameters.text('effective');
  const from = effective === null ? { start: now } : parseInterval(effective);
  if (!/^[\w.-]{1,64}$/.test(version))
    return invalid('version must be 1 to 64 letters, digits, dots or hyphens', 'version');
  if (!/^https?:\/\/[^\s|#]+$/.test(url)) return invalid('url must be where the policy is published', 'url');
  if (text.trim() === '') return invalid('text, the policy as it is worded, is missing', 'text');
  if (material !== 'true' && material !== 'false') return invalid('material must be true or false', 'material');
  if (!from) return invalid('effective must be a date', 'effective');
  return ok({ version, url, text, material: material === 'true', effectiveAt: new Date(from.start) });
}

async function run(context: FhirContext, request: FhirRequest): Promise<Result<FhirResponse>> {
  const { grant } = request;
  if (grant.caller.actor !== 'operator') return forbidden('The operator of the server publishes its policy');
  const parameters = requestParameters(request, 'policy');
  if (!parameters.ok) return parameters;
  const policy = policyOf(parameters.value, context.now());
  if (!policy.ok) return policy;
  const published = await publishPolicy(context, grant.tenant, policy.value);
  return published.ok ? policyAnswer(published.value, policy.value.text) : published;
}

/** A version of the privacy policy; where it is material, people agree to it before they go on. Each version is kept. */
export const publishPolicyOperation: Operation = {
  code: 'publish-policy',
  definition: 'https://portico.dev/fhir/OperationDefinition/publish-policy',
  description: 'Publishes a version of the privacy policy, which people have to agree to where it is material',
  on: { system: true },
  affectsState: true,
  parameters: [
    { name: 'version', use: 'in', min: 1, max: '1', type: 'string' },
    { name: 'url', use: 'in', min: 1, max: '1', type: 'url' },
    { name: 'text', use: 'in', min: 1, max: '1', type: 'string' },
    { name: 'material', use: 'in', min: 0, max: '1', type: 'boolean' },
    { name: 'effective', use: 'in', min: 0, max: '1', type: 'dateTime', documentation: 'Left out: now' },
    { name: 'sha256', use: 'out', min: 1, max: '1', type: 'string' },
  ],
  run,
};
