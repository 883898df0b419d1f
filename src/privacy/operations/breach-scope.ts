import type { ParametersParameter } from '@medplum/fhirtypes';

import type { Actor } from '../../fhir/access.ts';
import type { FhirContext } from '../../fhir/context.ts';
import type { Operation } from '../../fhir/operations/operation.ts';
import { operationResponse } from '../../fhir/operations/operation-response.ts';
import { forbidden, invalid, type Result } from '../../fhir/outcome.ts';
import { requestParameters } from '../../fhir/parameters.ts';
import type { FhirRequest, FhirResponse } from '../../fhir/request.ts';
import { interval } from '../../fhir/search/dates.ts';
import { note } from '../../fhir/store/release.ts';
import { breachScope, type Reached } from '../ledger/breach-scope.ts';

const allowed: ReadonlySet<Actor> = new Set(['privacy-officer', 'operator']);

const partOf = ({ patient, events, first, last, types }: Reached): ParametersParameter => ({
  name: 'affected',
  part: [
    { name: 'patient', valueReference: { reference: `Patient/${patient}` } },
    { name: 'events', valueInteger: events },
    { name: 'first', valueInstant: first.toISOString() },
    { name: 'last', valueInstant: last.toISOString() },
    ...[...types].map(([type, count]) => ({
      name: 'type',
      part: [
        { name: 'name', valueCode: type },
        { name: 'count', valueInteger: count },
      ],
    })),
  ],
});

async function run(context: FhirContext, request: FhirRequest): Promise<Result<FhirResponse>> {
  const { grant } = request;
  if (!allowed.has(grant.caller.actor)) return forbidden('The privacy officer asks what a breach reached');
  const parameters = requestParameters(request, 'parameters');
  if (!parameters.ok) return parameters;
  const [client, user] = [parameters.value.text('client'), parameters.value.text('user')];
  if (client === null && user === null) return invalid('Name the client, or the user, that was compromised', 'client');
  const [fromText, toText] = [parameters.value.text('from'), parameters.value.text('to')];
  const from = fromText === null ? null : interval(fromText);
  const to = toText === null ? null : interval(toText);
  if (from && !from.ok) return invalid('from must be a date or an instant', 'from');
  if (to && !to.ok) return invalid('to must be a date or an instant', 'to');
  const reached = await breachScope(context, grant.tenant, {
    client,
    user,
    from: new Date(from ? from.value.start : 0),
    to: new Date(to ? to.value.end : context.now() + 1),
  });
  // Whoever is told of a patient has used their record.
  for (const { patient } of reached)
    note(grant, { type: 'Patient', id: patient, patient, patients: null, labels: 0, content: '' }, 'r');
  const events = reached.reduce((sum, one) => sum + one.events, 0);
  const parameter = [
    { name: 'patients', valueInteger: reached.length },
    { name: 'events', valueInteger: events },
    ...reached.map(partOf),
  ];
  return operationResponse(JSON.stringify({ resourceType: 'Parameters', parameter }));
}

/** Whose records a compromised client or user reached, and what of them. */
export const breachScopeOperation: Operation = {
  code: 'breach-scope',
  definition: 'https://portico.dev/fhir/OperationDefinition/breach-scope',
  description: 'Whose records a compromised client or user reached, and what of them, as the ledger has it',
  on: { system: true },
  affectsState: false,
  parameters: [
    { name: 'client', use: 'in', min: 0, max: '1', type: 'string', documentation: 'The id of an app or a system' },
    {
      name: 'user',
      use: 'in',
      min: 0,
      max: '1',
      type: 'string',
      documentation: '`Practitioner/1`, or the sub of a token',
    },
    { name: 'from', use: 'in', min: 0, max: '1', type: 'dateTime' },
    { name: 'to', use: 'in', min: 0, max: '1', type: 'dateTime' },
    { name: 'patients', use: 'out', min: 1, max: '1', type: 'integer' },
    { name: 'events', use: 'out', min: 1, max: '1', type: 'integer' },
    { name: 'affected', use: 'out', min: 0, max: '*', type: 'Element' },
  ],
  run,
};
