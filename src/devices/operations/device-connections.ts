import type { ParametersParameter } from '@medplum/fhirtypes';

import { allows } from '../../fhir/access.ts';
import type { FhirContext } from '../../fhir/context.ts';
import type { Operation } from '../../fhir/operations/operation.ts';
import { operationResponse } from '../../fhir/operations/operation-response.ts';
import { forbidden, type Result } from '../../fhir/outcome.ts';
import type { FhirRequest, FhirResponse } from '../../fhir/request.ts';
import { released } from '../../fhir/store/release.ts';
import { isConsented } from '../connections/live.ts';
import { shownConnection } from '../connections/shown.ts';
import { connectionsOf } from '../connections/store.ts';

async function run(context: FhirContext, request: FhirRequest): Promise<Result<FhirResponse>> {
  const { grant, path } = request;
  const { tenant } = grant;
  const [, patient = ''] = path;
  if (!allows(grant, 'Device', 'r')) return forbidden('Your scopes do not cover reading Device');
  const found = await context.store.read(grant, 'Patient', patient);
  if (!found.ok) return found;
  const shown: ParametersParameter[] = [];
  for (const one of await connectionsOf(context.database, tenant, patient)) {
    // A source is known by its Device: who may not see that, does not learn of it.
    const device = one.device === null ? null : await context.store.read(grant, 'Device', one.device);
    if (!device?.ok) continue;
    released(grant, device.value, 'r');
    shown.push(shownConnection(one, await isConsented(context.database.byKey, one)));
  }
  return operationResponse(
    JSON.stringify({ resourceType: 'Parameters', ...(shown.length > 0 ? { parameter: shown } : {}) }),
  );
}

/** What a patient has connected, and had: what it may bring, when it came last, and why it does not. */
export const deviceConnections: Operation = {
  code: 'device-connections',
  definition: 'https://portico.dev/fhir/OperationDefinition/Patient-device-connections',
  description: 'The sources that bring readings of a patient: what each may bring, when it came last, why it does not',
  on: { instances: ['Patient'] },
  affectsState: false,
  parameters: [
    {
      name: 'connection',
      use: 'out',
      min: 0,
      max: '*',
      type: 'BackboneElement',
      documentation:
        'Parts: id, kind (vendor, app, gateway), source, name, state (active, expired, revoked), measure, all, priority, since, until, lastSync, lastReading, problem, consent, device, statement',
    },
  ],
  run,
};
