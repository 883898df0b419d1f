import type { FhirContext } from '../../fhir/context.ts';
import type { Operation } from '../../fhir/operations/operation.ts';
import { operationResponse } from '../../fhir/operations/operation-response.ts';
import { invalid, outcomeText, type Result } from '../../fhir/outcome.ts';
import { requestParameters } from '../../fhir/parameters.ts';
import type { FhirRequest, FhirResponse } from '../../fhir/request.ts';
import { endConnection, endedConsent } from '../connections/end.ts';
import { connectionIn, mayChangeConsent } from '../connections/may.ts';
import { whoIs } from '../connections/open.ts';

const done = (name: string): Result<FhirResponse> =>
  operationResponse(
    outcomeText([
      {
        severity: 'information',
        code: 'informational',
        diagnostics: `${name} is disconnected: nothing that it sends is stored any more, and what it brought before stays`,
      },
    ]),
  );

async function run(context: FhirContext, request: FhirRequest): Promise<Result<FhirResponse>> {
  const { grant, path } = request;
  const [, patient = ''] = path;
  const parameters = requestParameters(request, 'connection');
  if (!parameters.ok) return parameters;
  const id = parameters.value.text('connection');
  if (id === null)
    return invalid('The parameter connection, the id of a connection, is missing', 'Parameters.parameter');
  const found = await connectionIn(context, grant, patient, id);
  if (!found.ok) return found;
  const connection = found.value;
  if (connection.state === 'revoked') return done(connection.name);
  if (connection.consent !== null) {
    const end = new Date(context.now()).toISOString();
    const refused = await mayChangeConsent(context, grant, connection.consent, (was) => endedConsent(was, end) ?? was);
    if (refused) return refused;
  }
  const by = whoIs(context.settings.baseOf(grant.tenant), grant.caller);
  await endConnection(context, connection, { by, why: 'A source of readings was disconnected', isMeant: true });
  return done(connection.name);
}

/** Ends a source of readings: what it sends is thrown away from before this is answered. */
export const deviceDisconnect: Operation = {
  code: 'device-disconnect',
  definition: 'https://portico.dev/fhir/OperationDefinition/Patient-device-disconnect',
  description: 'Ends a source of readings of a patient: nothing that it sends is stored once this is answered',
  on: { instances: ['Patient'] },
  affectsState: true,
  parameters: [
    { name: 'connection', use: 'in', min: 1, max: '1', type: 'string', documentation: 'As $device-connections has it' },
    { name: 'return', use: 'out', min: 1, max: '1', type: 'OperationOutcome' },
  ],
  run,
};
