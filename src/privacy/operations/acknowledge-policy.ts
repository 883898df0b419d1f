import type { FhirContext } from '../../fhir/context.ts';
import type { Operation } from '../../fhir/operations/operation.ts';
import { forbidden, invalid, notFound, ok, type Result } from '../../fhir/outcome.ts';
import { requestParameters } from '../../fhir/parameters.ts';
import type { FhirRequest, FhirResponse } from '../../fhir/request.ts';
import { agree, personOf, recordOf } from '../policy/acknowledged.ts';
import { policyVersions } from '../policy/versions.ts';

async function run(context: FhirContext, request: FhirRequest): Promise<Result<FhirResponse>> {
  const { caller, tenant } = request.grant;
  const person = caller.actor === 'app' ? null : personOf(caller);
  const patient = person === null ? null : recordOf(caller, person);
  if (person === null || patient === null)
    return forbidden('A person agrees to the policy themself, and nobody for them');
  const parameters = requestParameters(request, 'policy');
  if (!parameters.ok) return parameters;
  const version = parameters.value.text('version');
  if (version === null) return invalid('version, of the policy that was read, is missing', 'version');
  const all = await policyVersions(context, tenant);
  const policy = all.find((one) => one.version === version);
  if (!policy) return notFound(`There is no version ${version} of the policy`);
  const consent = await agree(context, tenant, { person, patient, policy });
  const headers = {
    'Content-Type': 'application/fhir+json; charset=utf-8',
    Location: `${request.base}/Consent/${consent.id}`,
  };
  return ok({ status: 201, headers, body: JSON.stringify(consent) });
}

/** A person agrees to a version of the privacy policy; it is kept in their record as a Consent. */
export const acknowledgePolicy: Operation = {
  code: 'acknowledge-policy',
  definition: 'https://portico.dev/fhir/OperationDefinition/Consent-acknowledge-policy',
  description: 'Agrees to a version of the privacy policy',
  on: { types: ['Consent'] },
  affectsState: true,
  parameters: [
    { name: 'version', use: 'in', min: 1, max: '1', type: 'string' },
    { name: 'return', use: 'out', min: 1, max: '1', type: 'Consent' },
  ],
  run,
};
