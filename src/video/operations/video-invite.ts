import type { Practitioner } from '@medplum/fhirtypes';

import type { FhirContext } from '../../fhir/context.ts';
import type { Operation } from '../../fhir/operations/operation.ts';
import { operationResponse } from '../../fhir/operations/operation-response.ts';
import { conflict, forbidden, gone, invalid, ok, type Result } from '../../fhir/outcome.ts';
import { parametersText } from '../../fhir/parameters.ts';
import type { FhirResponse } from '../../fhir/request.ts';
import { isWorking } from '../../privacy/gate/working.ts';
import { notify } from '../../privacy/requests/notices.ts';
import { auditVisit } from '../audit.ts';
import { countInvites, type Invited, invite, revokeInvite } from '../people/invites.ts';
import { nameOf, plainName } from '../people/names.ts';
import { addParticipant } from '../people/participants.ts';
import { standsForPatient } from '../people/who.ts';
import type { Providers } from '../providers/provider.ts';
import { secretText } from '../secrets.ts';
import { isOver } from '../session.ts';
import { type Asked, askedOf } from './parts.ts';

const roles = ['interpreter', 'companion', 'guest', 'colleague'] as const;
type Invitable = (typeof roles)[number];

/** Invitations of one visit that count. */
const MOST = 20;

/** Whom the caller asks for: by name, or a Practitioner of this server whom they may see. */
async function invitedOf(
  context: FhirContext,
  { grant, parameters, by }: Asked,
  role: Invitable,
): Promise<Result<Invited>> {
  const reference = parameters.text('reference');
  const name = plainName(parameters.text('name') ?? '');
  if (reference === null) {
    return name === ''
      ? invalid('name is missing: how they are called in the visit', 'name')
      : ok({ role, name, reference, by: by.reference ?? '' });
  }
  const [, id] = /^Practitioner\/([A-Za-z0-9.-]{1,64})$/.exec(reference) ?? [];
  if (id === undefined || (role !== 'colleague' && role !== 'interpreter'))
    return invalid(
      'reference is for a colleague or an interpreter, and of a Practitioner: Practitioner/1',
      'reference',
    );
  const found = await context.store.read(grant, 'Practitioner', id);
  if (!found.ok) return found;
  if (!(await isWorking(context, grant.tenant, reference))) return conflict(`${reference} is not active`);
  // What is stored has been checked to be of its type.
  const called = nameOf(JSON.parse(found.value.content) as Practitioner);
  return ok({ role, name: called, reference, by: by.reference ?? '' });
}

/** A Practitioner is of the visit from now on, by their own account as well as by the link, and is told. */
async function tell(context: FhirContext, { visit }: Asked, { role, name, reference }: Invited): Promise<void> {
  if (reference === null) return;
  const { tenant, id, patient, encounter } = visit;
  const one = { tenant, visit: id, id: secretText(), reference, role, name, birthDate: null };
  await addParticipant(context.database, one);
  const text = 'You are asked to join a visit by video.';
  await notify(context, { tenant, patient, recipient: reference, about: `Encounter/${encounter}`, text });
}

async function create(context: FhirContext, asked: Asked): Promise<Result<FhirResponse>> {
  const { visit, self, by, parameters } = asked;
  const usual: Invitable = parameters.text('reference') === null ? 'guest' : 'colleague';
  const role = roles.find((one) => one === (parameters.text('role') ?? usual));
  if (role === undefined) return invalid(`role must be one of ${roles.join(', ')}`, 'role');
  const isTheirs = role === 'companion' && (await standsForPatient(context, visit, self));
  if (self.role !== 'host' && !isTheirs)
    return forbidden('A practitioner of the Appointment invites; the patient may invite a companion');
  if (isOver(visit.state) || context.now() >= visit.hardStop) return gone('This visit is over');
  const invited = await invitedOf(context, asked, role);
  if (!invited.ok) return invited;
  if ((await countInvites(context.database, visit)) >= MOST) return conflict(`A visit has ${MOST} invitations at most`);
  await tell(context, asked, invited.value);
  const made = await invite(context, context.database, visit, invited.value);
  await auditVisit(context, visit, 'invited', by);
  const root = context.settings.baseOf(visit.tenant).slice(0, -'/fhir/R4'.length);
  return operationResponse(
    parametersText([
      ['id', 'valueString', JSON.stringify(made.id)],
      ['link', 'valueUrl', JSON.stringify(`${root}/video/guest#${made.code}`)],
      ['expires', 'valueInstant', JSON.stringify(new Date(made.expiresAt).toISOString())],
    ]),
  );
}

/** Those who treat take back any invitation, others the ones that they have made. */
async function revoke(context: FhirContext, { visit, self, by }: Asked, id: string, providers: Providers) {
  const whose = self.role === 'host' ? null : (by.reference ?? '');
  const revoked = await context.database.transaction((tx) => revokeInvite(context, tx, visit, id, whose));
  if (!revoked.ok) return revoked;
  if (revoked.value) await providers.get(visit.provider)?.remove(visit, revoked.value.id);
  await auditVisit(context, visit, 'invite-revoked', by);
  return operationResponse(parametersText([]));
}

/** A link for somebody without an account here, or for a colleague; or one that is taken back. */
export const videoInvite = (providers: Providers): Operation => ({
  code: 'video-invite',
  definition: 'https://portico.dev/fhir/OperationDefinition/Encounter-video-invite',
  description: 'Invites somebody to a visit by video, by a link that works once, or takes an invitation back',
  on: { instances: ['Encounter'] },
  affectsState: true,
  parameters: [
    {
      name: 'role',
      use: 'in',
      min: 0,
      max: '1',
      type: 'code',
      documentation: `${roles.join(', ')}; else guest, or colleague`,
    },
    { name: 'name', use: 'in', min: 0, max: '1', type: 'string', documentation: 'How they are called in the visit' },
    { name: 'reference', use: 'in', min: 0, max: '1', type: 'string', documentation: 'Or a colleague: Practitioner/1' },
    { name: 'revoke', use: 'in', min: 0, max: '1', type: 'string', documentation: 'The id of an invitation' },
    { name: 'id', use: 'out', min: 0, max: '1', type: 'string' },
    {
      name: 'link',
      use: 'out',
      min: 0,
      max: '1',
      type: 'url',
      documentation: 'Told once. It leads to the waiting room, and works in one browser',
    },
    { name: 'expires', use: 'out', min: 0, max: '1', type: 'instant' },
  ],
  async run(context, request) {
    const asked = await askedOf(context, request);
    if (!asked.ok) return asked;
    const revoked = asked.value.parameters.text('revoke');
    return revoked === null ? create(context, asked.value) : revoke(context, asked.value, revoked, providers);
  },
});
