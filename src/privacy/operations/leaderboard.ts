import type { Group } from '@medplum/fhirtypes';

import type { Caller } from '../../fhir/access.ts';
import type { FhirContext } from '../../fhir/context.ts';
import type { Operation } from '../../fhir/operations/operation.ts';
import { operationResponse } from '../../fhir/operations/operation-response.ts';
import { forbidden, type Result } from '../../fhir/outcome.ts';
import type { FhirRequest, FhirResponse } from '../../fhir/request.ts';
import { unknownId } from '../../fhir/store/read.ts';
import { note } from '../../fhir/store/release.ts';
import { readOwn } from '../made.ts';
import { whoAgreed } from '../parties/agreed.ts';
import { agreements } from '../parties/agreements.ts';
import { handleOf, membersOf, scoresOf } from '../parties/challenge.ts';

/** As whom somebody looks at a challenge: whom the participants have to have agreed to. Null: it is not theirs to look at. */
function audienceOf(caller: Caller, group: Group): string | null {
  if (caller.actor === 'hr-admin') {
    const own = `Organization/${caller.organization}`;
    return caller.organization !== null && group.managingEntity?.reference === own ? own : null;
  }
  const { fhirUser, patient } = caller;
  const self = fhirUser?.startsWith('Patient/') ? fhirUser.slice('Patient/'.length) : patient;
  return self !== null && membersOf(group).has(self) ? `Group/${group.id}` : null;
}

async function run(context: FhirContext, { grant, path }: FhirRequest): Promise<Result<FhirResponse>> {
  const { tenant, caller } = grant;
  const [, id = ''] = path;
  if (caller.actor !== 'hr-admin' && caller.actor !== 'self')
    return forbidden('Who takes part in a challenge, and the personnel department that holds it, see how it stands');
  const found = await readOwn<Group>(context, tenant, 'Group', id);
  const audience = found.ok ? audienceOf(caller, found.value.resource) : null;
  if (!found.ok || audience === null) return unknownId('Group', id);
  const members = membersOf(found.value.resource);
  const agreed = await whoAgreed(context, tenant, agreements.challenge, audience);
  const scores = await scoresOf(context, tenant, id);
  const shown = [...agreed.keys()]
    .filter((patient) => members.has(patient))
    .map((patient) => ({ patient, handle: handleOf(context, tenant, id, patient), score: scores.get(patient) ?? 0 }))
    // By nothing that tells who they are.
    .sort((one, other) => other.score - one.score || (one.handle < other.handle ? -1 : 1));
  for (const { patient } of shown)
    note(grant, { type: 'Group', id, patient, patients: null, labels: 0, content: '' }, 'r');
  const parameter = shown.map(({ handle, score }) => ({
    name: 'participant',
    part: [
      { name: 'handle', valueString: handle },
      { name: 'score', valueDecimal: score },
    ],
  }));
  return operationResponse(
    JSON.stringify({ resourceType: 'Parameters', ...(parameter.length > 0 ? { parameter } : {}) }),
  );
}

/** How a challenge stands, of those who agreed to be seen by who asks. */
export const leaderboard: Operation = {
  code: 'leaderboard',
  definition: 'https://portico.dev/fhir/OperationDefinition/Group-leaderboard',
  description: 'How a challenge stands: a handle and a score of each participant who agreed that who asks may see it',
  on: { instances: ['Group'] },
  affectsState: false,
  parameters: [{ name: 'participant', use: 'out', min: 0, max: '*', type: 'BackboneElement' }],
  run,
};
