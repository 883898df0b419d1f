import { allows } from '../../fhir/access.ts';
import type { Operation } from '../../fhir/operations/operation.ts';
import { operationResponse } from '../../fhir/operations/operation-response.ts';
import { forbidden, invalid, ok } from '../../fhir/outcome.ts';
import { requestParameters } from '../../fhir/parameters.ts';
import { resumeErasure } from '../erase/ask.ts';
import { flagOf, placeHold, releaseHold } from '../hold/hold.ts';

const mayHold: ReadonlySet<string> = new Set(['privacy-officer', 'legal', 'operator']);

const refused = forbidden('Only a privacy officer or legal counsel may hold a record');

/** Nothing of the record goes as long as it stands. */
export const holdOperation: Operation = {
  code: 'hold',
  definition: 'https://portico.dev/fhir/OperationDefinition/Patient-hold',
  description: 'Holds a record for a court or an authority: until the hold is released nothing of it is deleted',
  on: { instances: ['Patient'] },
  affectsState: true,
  parameters: [
    { name: 'matter', use: 'in', min: 1, max: '1', type: 'string', documentation: 'What it is for' },
    { name: 'sealed', use: 'in', min: 0, max: '1', type: 'boolean', documentation: 'Nobody is told of it' },
    { name: 'until', use: 'in', min: 0, max: '1', type: 'instant', documentation: 'When it ends by itself' },
    { name: 'return', use: 'out', min: 1, max: '1', type: 'Flag' },
  ],
  async run(context, request) {
    const { grant, path } = request;
    const [, patient = ''] = path;
    if (!mayHold.has(grant.caller.actor)) return refused;
    if (!allows(grant, 'Patient', 'r')) return forbidden('Your access does not cover reading Patient');
    const parameters = requestParameters(request, 'resource');
    if (!parameters.ok) return parameters;
    const matter = parameters.value.text('matter')?.trim() ?? '';
    if (matter === '') return invalid('matter is missing: what the record is held for', 'matter');
    const given = parameters.value.text('until');
    const until = given === null ? null : new Date(given);
    if (until !== null && !(until.getTime() > context.now()))
      return invalid('until must be an instant to come', 'until');
    const found = await context.store.read(grant, 'Patient', patient);
    if (!found.ok) return found;
    const sealed = parameters.value.text('sealed') === 'true';
    const by = grant.caller.subject;
    const hold = await placeHold(context, { tenant: grant.tenant, patient, matter, sealed, until, by });
    return operationResponse(JSON.stringify(flagOf(hold, null)));
  },
};

/** What was held is as any other record again. */
export const releaseHoldOperation: Operation = {
  code: 'release-hold',
  definition: 'https://portico.dev/fhir/OperationDefinition/Patient-release-hold',
  description: 'Releases a hold on a record; what was put off because of it is done',
  on: { instances: ['Patient'] },
  affectsState: true,
  parameters: [
    { name: 'hold', use: 'in', min: 1, max: '1', type: 'id', documentation: 'The id of the Flag' },
    { name: 'return', use: 'out', min: 1, max: '1', type: 'Flag' },
  ],
  async run(context, request) {
    const { grant, path } = request;
    const [, patient = ''] = path;
    if (!mayHold.has(grant.caller.actor)) return refused;
    if (!allows(grant, 'Patient', 'r')) return forbidden('Your access does not cover reading Patient');
    const parameters = requestParameters(request, 'resource');
    if (!parameters.ok) return parameters;
    const id = parameters.value.text('hold');
    if (id === null) return invalid('hold is missing: the id of the Flag', 'hold');
    const found = await context.store.read(grant, 'Patient', patient);
    if (!found.ok) return found;
    const released = await releaseHold(context, { tenant: grant.tenant, patient, id, by: grant.caller.subject });
    if (!released.ok) return released;
    await resumeErasure(context, grant.tenant, patient);
    return ok({
      status: 200,
      headers: { 'Content-Type': 'application/fhir+json; charset=utf-8' },
      body: JSON.stringify(released.value),
    });
  },
};
