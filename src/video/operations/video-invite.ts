import type { Practitioner } from '@medplum/fhirtypes';

import type { FhirContext } from '../../fhir/context.ts';
import type { Operation } from '../../fhir/operations/operation.ts';
import { operationResponse } from '../../fhir/operations/operation-response.ts';
import { conflict, forbidden, invalid, type Result } from '../../fhir/outcome.ts';
import { parametersText } from '../../fhir/parameters.ts';
import type { FhirResponse } from '../../fhir/request.ts';
import { unknownId } from '../../fhir/store/read.ts';
import { readOwn } from '../../privacy/made.ts';
import { notify } from '../../privacy/requests/notices.ts';
import { auditVisit } from '../audit.ts';
import { invite, revokeInvite } from '../people/invites.ts';
import { nameOf, plainName } from '../people/names.ts';
import { addParticipant } from '../people/participants.ts';
import type { Providers } from '../providers/provider.ts';
import { isOver } from '../session.ts';
import { secretText } from '../visits/open.ts';
import type { Visit } from '../visits/visit.ts';
import { type Asked, askedOf } from './parts.ts';

/** Whom links are made for; `colleague`, a Practitioner here, needs none. */
const roles = ['interpreter', 'companion', 'guest'] as const;

/** Invitations of one visit. */
const MOST = 20;

/** A Practitioner of this server is of the visit from now on, and waits like any other. */
async function inviteColleague(
  context: FhirContext,
  { visit, by }: Asked,
  reference: string,
): Promise<Result<FhirResponse>> {
  const [type = '', id = ''] = reference.split('/');
  if (type !== 'Practitioner') return invalid('reference must be of a Practitioner: Practitioner/1', 'reference');
  const found = await readOwn<Practitioner>(context, visit.tenant, 'Practitioner', id);
  if (!found.ok) return unknownId('Practitioner', id);
  await addParticipant(context.database, {
    tenant: visit.tenant,
    visit: visit.id,
    id: secretText(),
    reference,
    role: 'colleague',
    name: nameOf(found.value.resource),
    birthDate: null,
  });
  const { tenant, patient, encounter } = visit;
  const text = 'You are asked to join a visit by video.';
  await notify(context, { tenant, patient, recipient: reference, about: `Encounter/${encounter}`, text });
  await auditVisit(context, visit, 'invited', by);
  return operationResponse(parametersText([]));
}

async function revoke(context: FhirContext, { visit, by }: Asked, id: string, providers: Providers) {
  const revoked = await context.database.transaction((tx) => revokeInvite(context, tx, visit, id));
  if (!revoked.ok) return revoked;
  if (revoked.value) await providers.get(visit.provider)?.remove(visit, revoked.value.id);
  await auditVisit(context, visit, 'invite-revoked', by);
  return operationResponse(parametersText([]));
}

async function countInvites({ database }: FhirContext, { tenant, id }: Visit): Promise<number> {
  const [row] = await database.query(
    'select count(*)::int from video_invite where tenant = $1 and visit = $2 and revoked_at is null',
    [tenant, id],
  );
  return Number(row?.[0]);
}

/** A link for somebody without an account here, or a colleague by name; or one that is taken back. */
export const videoInvite = (providers: Providers): Operation => ({
  code: 'video-invite',
  definition: 'https://portico.dev/fhir/OperationDefinition/Encounter-video-invite',
  description: 'Invites somebody to a visit by video, by a link that works once, or takes an invitation back',
  on: { instances: ['Encounter'] },
  affectsState: true,
  parameters: [
    { name: 'role', use: 'in', min: 0, max: '1', type: 'code', documentation: `${roles.join(', ')}; else guest` },
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
    const { visit, self, by, parameters } = asked.value;
    const role = roles.find((one) => one === (parameters.text('role') ?? 'guest'));
    const mayInvite = self.role === 'host' || (self.role === 'patient' && role === 'companion');
    const revoked = parameters.text('revoke');
    if (revoked !== null) {
      if (self.role !== 'host') return forbidden('Only a practitioner of the Appointment takes an invitation back');
      return revoke(context, asked.value, revoked, providers);
    }
    if (role === undefined) return invalid(`role must be one of ${roles.join(', ')}`, 'role');
    if (!mayInvite) return forbidden('A practitioner of the Appointment invites; the patient may invite a companion');
    if (isOver(visit.state)) return conflict('This visit is over');
    const reference = parameters.text('reference');
    if (reference !== null) {
      if (self.role !== 'host') return forbidden('Only a practitioner of the Appointment invites a colleague');
      return inviteColleague(context, asked.value, reference);
    }
    const name = plainName(parameters.text('name') ?? '');
    if (name === '') return invalid('name is missing: how they are called in the visit', 'name');
    if ((await countInvites(context, visit)) >= MOST) return conflict(`A visit has ${MOST} invitations at most`);
    const made = await invite(context, context.database, visit, { role, name, by: by.reference ?? '' });
    await auditVisit(context, visit, 'invited', by);
    const root = context.settings.baseOf(visit.tenant).slice(0, -'/fhir/R4'.length);
    return operationResponse(
      parametersText([
        ['id', 'valueString', JSON.stringify(made.id)],
        ['link', 'valueUrl', JSON.stringify(`${root}/video/guest#${made.code}`)],
        ['expires', 'valueInstant', JSON.stringify(new Date(made.expiresAt).toISOString())],
      ]),
    );
  },
});
