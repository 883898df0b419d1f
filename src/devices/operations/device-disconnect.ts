import type { Queryable } from '../../db/database.ts';
import type { FhirContext } from '../../fhir/context.ts';
import type { Operation } from '../../fhir/operations/operation.ts';
import { operationResponse } from '../../fhir/operations/operation-response.ts';
import { invalid, outcomeText, type Result } from '../../fhir/outcome.ts';
import { requestParameters } from '../../fhir/parameters.ts';
import type { FhirRequest, FhirResponse } from '../../fhir/request.ts';
import { endConnection, endedConsent } from '../connections/end.ts';
import { connectionIn, mayChangeConsent } from '../connections/may.ts';
import { whoIs } from '../connections/open.ts';
import { willErase } from '../erasing/erase-job.ts';
import { mayErase } from '../erasing/may-erase.ts';

const become = {
  keep: 'what it brought before stays',
  erase: 'what it brought is being erased',
} as const;

type Readings = keyof typeof become;

const isReadings = (text: string): text is Readings => Object.hasOwn(become, text);

const done = (name: string, readings: Readings): Result<FhirResponse> =>
  operationResponse(
    outcomeText([
      {
        severity: 'information',
        code: 'informational',
        diagnostics: `${name} is disconnected: nothing that it sends is stored any more, and ${become[readings]}`,
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
  const readings = parameters.value.text('readings') ?? 'keep';
  if (!isReadings(readings))
    return invalid('readings must be keep or erase', "Parameters.parameter.where(name = 'readings')");
  const found = await connectionIn(context, grant, patient, id);
  if (!found.ok) return found;
  const connection = found.value;
  const { name } = connection;
  const kept = readings === 'erase' ? await mayErase(context, grant, connection) : null;
  if (kept) return kept;
  const by = whoIs(context.settings.baseOf(grant.tenant), grant.caller);
  const erase = (tx: Queryable): Promise<void> => willErase(tx, connection, by);
  if (connection.state === 'revoked') {
    if (readings === 'erase') await context.database.transaction(erase);
    return done(name, readings);
  }
  if (connection.consent !== null) {
    const end = new Date(context.now()).toISOString();
    const refused = await mayChangeConsent(context, grant, connection.consent, (was) => endedConsent(was, end) ?? was);
    if (refused) return refused;
  }
  const why = 'A source of readings was disconnected';
  const also = readings === 'erase' ? { also: erase } : {};
  const isEnded = await endConnection(context, connection, { by, why, isMeant: true, ...also });
  // Somebody else has ended it in between.
  if (!isEnded && readings === 'erase') await context.database.transaction(erase);
  return done(name, readings);
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
    {
      name: 'readings',
      use: 'in',
      min: 0,
      max: '1',
      type: 'code',
      documentation:
        'What becomes of what it brought: keep, unless erase is said, and then it goes with all of its versions',
    },
    { name: 'return', use: 'out', min: 1, max: '1', type: 'OperationOutcome' },
  ],
  run,
};
