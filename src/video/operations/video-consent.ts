import type { FhirContext } from '../../fhir/context.ts';
import type { Operation } from '../../fhir/operations/operation.ts';
import { operationResponse } from '../../fhir/operations/operation-response.ts';
import { conflict, forbidden, invalid, type Result } from '../../fhir/outcome.ts';
import { parametersText, requestParameters } from '../../fhir/parameters.ts';
import type { FhirRequest } from '../../fhir/request.ts';
import { participantOf } from '../people/who.ts';
import type { Providers } from '../providers/provider.ts';
import { agree, agreeForPatient, withdrawForPatient } from '../recording/agree.ts';
import { findVisit, type Visit } from '../visits/visit.ts';
import { mayAct, readsOnly } from './parts.ts';

const actions = ['give', 'withdraw'];

type Asked = { action: string; forPatient: boolean };

async function done(
  context: FhirContext,
  request: FhirRequest,
  visit: Visit,
  { action, forPatient }: Asked,
  providers: Providers,
): Promise<Result<null>> {
  const { caller } = request.grant;
  const isPatient = caller.actor !== 'proxy' && caller.patient === visit.patient;
  if (isPatient || forPatient) {
    return action === 'give'
      ? agreeForPatient(context, request, visit, providers)
      : withdrawForPatient(context, request, visit, providers);
  }
  const self = await participantOf(context, visit, caller);
  if (!self.ok) return self;
  if (self.value.role === 'patient') return forbidden('The patient consents by a Consent of their own');
  return agree(context, visit, self.value.id, action === 'give', providers);
}

/** Somebody of a visit says whether it may be recorded. */
export const videoConsent = (providers: Providers): Operation => ({
  code: 'video-consent',
  definition: 'https://portico.dev/fhir/OperationDefinition/Encounter-video-consent',
  description:
    'Says that a visit by video may be recorded, or that it may not any more: of the patient a Consent is filed or revoked, of others it is kept with the visit',
  on: { instances: ['Encounter'] },
  affectsState: true,
  parameters: [
    { name: 'action', use: 'in', min: 1, max: '1', type: 'code', documentation: actions.join(', ') },
    {
      name: 'for',
      use: 'in',
      min: 0,
      max: '1',
      type: 'code',
      documentation: 'self, or patient: who speaks for the patient says so for them; else for themself',
    },
    { name: 'given', use: 'out', min: 1, max: '1', type: 'boolean' },
  ],
  async run(context, request) {
    const { grant, path } = request;
    const [, id = ''] = path;
    const found = await context.store.read(grant, 'Encounter', id);
    if (!found.ok) return found;
    if (!mayAct(grant.caller, 'Encounter')) return readsOnly;
    const parameters = requestParameters(request, 'resource');
    if (!parameters.ok) return parameters;
    const action = parameters.value.text('action') ?? '';
    if (!actions.includes(action)) return invalid(`action must be one of ${actions.join(', ')}`, 'action');
    const whose = parameters.value.text('for') ?? 'self';
    if (whose !== 'self' && whose !== 'patient') return invalid('for must be self or patient', 'for');
    const visit = await findVisit(context.database.byKey, grant.tenant, 'encounter', id);
    if (visit === null) return conflict(`Encounter/${id} is no visit by video`);
    const end = await done(context, request, visit, { action, forPatient: whose === 'patient' }, providers);
    if (!end.ok) return end;
    return operationResponse(parametersText([['given', 'valueBoolean', JSON.stringify(action === 'give')]]));
  },
});
