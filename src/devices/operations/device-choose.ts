import type { ParametersParameter } from '@medplum/fhirtypes';

import type { FhirContext } from '../../fhir/context.ts';
import type { Operation } from '../../fhir/operations/operation.ts';
import { operationResponse } from '../../fhir/operations/operation-response.ts';
import { invalid, ok, type Result, ruledOut } from '../../fhir/outcome.ts';
import { type Parameters, requestParameters } from '../../fhir/parameters.ts';
import type { FhirRequest, FhirResponse } from '../../fhir/request.ts';
import { type Choice, choose, withMeasures } from '../connections/choose.ts';
import { chosenMeasures } from '../connections/chosen.ts';
import type { Connection } from '../connections/connection.ts';
import { type Anew, toAgreeAnew } from '../connections/granted.ts';
import { connectionIn, mayChangeConsent } from '../connections/may.ts';
import { whoIs } from '../connections/open.ts';
import { shownConnection } from '../connections/shown.ts';
import type { DeviceParts } from '../deps.ts';

/** What is asked for; what is not said stays as it is. */
function choiceOf(parameters: Parameters, { measures, priority }: Connection): Result<Choice> {
  const chosen = chosenMeasures(parameters);
  if (!chosen.ok) return chosen;
  const all = parameters.text('all') ?? 'false';
  if (all !== 'true' && all !== 'false') return invalid('all must be true or false', 'all');
  if (all === 'true' && chosen.value !== null)
    return invalid('Either all measures are meant or those that are named', 'all');
  const rank = parameters.text('priority');
  if (rank !== null && !/^\d{1,4}$/.test(rank)) return invalid('priority must be a number from 0 to 9999', 'priority');
  return ok({
    measures: all === 'true' ? null : (chosen.value ?? measures),
    priority: rank === null ? priority : Number(rank),
  });
}

async function run(context: FhirContext, parts: DeviceParts, request: FhirRequest): Promise<Result<FhirResponse>> {
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
  const ended = ruledOut(`${connection.name} is not connected any more: what it may bring is chosen when it is again`);
  if (connection.consent === null || connection.state === 'revoked') return ended;
  const choice = choiceOf(parameters.value, connection);
  if (!choice.ok) return choice;
  const base = context.settings.baseOf(grant.tenant);
  const refused = await mayChangeConsent(context, grant, connection.consent, (was) =>
    withMeasures(was, choice.value.measures, base),
  );
  if (refused) return refused;
  if (!(await choose(context, connection, choice.value, whoIs(base, grant.caller)))) return ended;
  const chosen = { ...connection, ...choice.value };
  const anew = await toAgreeAnew(context, parts, chosen, grant.caller.subject);
  const parameter = [shownConnection(chosen, true), ...(anew === null ? [] : toldOf(connection.name, anew))];
  return operationResponse(JSON.stringify({ resourceType: 'Parameters', parameter }));
}

/** That it has to be connected again before all of what was chosen comes. */
const toldOf = (name: string, { missing, authorize }: Anew): ParametersParameter[] => [
  ...missing.map((measure) => ({ name: 'missing', valueCode: measure })),
  {
    name: 'note',
    valueString: `Nobody has agreed at ${name} to let these readings go yet: it has to be connected again before they come`,
  },
  ...(authorize === null ? [] : [{ name: 'authorize', valueUrl: authorize }]),
];

/** Which measures a source of readings may bring, and which of two that overlap a summary is made of. */
export const deviceChoose = (parts: DeviceParts): Operation => ({
  code: 'device-choose',
  definition: 'https://portico.dev/fhir/OperationDefinition/Patient-device-choose',
  description: 'Says which measures a source of readings may bring: readings of others are refused from the answer on',
  on: { instances: ['Patient'] },
  affectsState: true,
  parameters: [
    { name: 'connection', use: 'in', min: 1, max: '1', type: 'string', documentation: 'As $device-connections has it' },
    {
      name: 'measure',
      use: 'in',
      min: 0,
      max: '*',
      type: 'code',
      documentation: 'The id of a measure that it may bring',
    },
    { name: 'all', use: 'in', min: 0, max: '1', type: 'boolean', documentation: 'It may bring whichever measure' },
    { name: 'priority', use: 'in', min: 0, max: '1', type: 'integer', documentation: 'The lowest counts in summaries' },
    { name: 'connection', use: 'out', min: 1, max: '1', type: 'BackboneElement' },
    {
      name: 'missing',
      use: 'out',
      min: 0,
      max: '*',
      type: 'code',
      documentation:
        'The ids of measures that were chosen, and that the vendor does not give before it is connected again',
    },
    { name: 'note', use: 'out', min: 0, max: '1', type: 'string', documentation: 'The same in words' },
    {
      name: 'authorize',
      use: 'out',
      min: 0,
      max: '1',
      type: 'url',
      documentation: 'Where somebody agrees to that, at the vendor',
    },
  ],
  run: (context, request) => run(context, parts, request),
});
