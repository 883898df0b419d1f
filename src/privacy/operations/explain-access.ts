import type { Parameters, ParametersParameter } from '@medplum/fhirtypes';

import type { Grant } from '../../fhir/access.ts';
import type { FhirContext } from '../../fhir/context.ts';
import type { Operation } from '../../fhir/operations/operation.ts';
import { operationResponse } from '../../fhir/operations/operation-response.ts';
import { forbidden, ok, type Result } from '../../fhir/outcome.ts';
import type { FhirRequest, FhirResponse } from '../../fhir/request.ts';
import { note } from '../../fhir/store/release.ts';
import { assigned, carriers, inEmergency, proxies, withNames } from '../explain/acting.ts';
import { apps, services } from '../explain/apps.ts';
import { consented } from '../explain/consented.ts';
import { type Asked, type Explained, nothingMore } from '../explain/explained.ts';
import { treating } from '../explain/treating.ts';
import { wardsOf } from '../gate/wards.ts';

/** Who is told who sees a record: whose it is, who acts for them, and who answers for it. */
const told: ReadonlySet<string> = new Set(['self', 'proxy', 'privacy-officer', 'operator']);

async function mayAsk(context: FhirContext, { tenant, caller }: Grant, patient: string): Promise<Result<null>> {
  const isOwn = caller.actor !== 'self' || caller.fhirUser === null || caller.fhirUser === `Patient/${patient}`;
  const wards =
    caller.actor === 'proxy' && caller.fhirUser !== null ? await wardsOf(context, tenant, caller.fhirUser) : [];
  // Whom a young person lets see what says what it is.
  const isTold = wards.every(({ age }) => age === 'child');
  if (told.has(caller.actor) && isOwn && isTold) return ok(null);
  return forbidden('Only the patient, who acts for them, or a privacy officer is told who can see their record');
}

const partsOf = ({
  who,
  actor,
  types,
  someOf,
  scope,
  labels,
  why,
  until,
  lastUse,
}: Explained): ParametersParameter[] => [
  { name: 'who', valueReference: who },
  { name: 'actor', valueCode: actor },
  ...types.map((type) => ({ name: 'type', valueCode: type })),
  ...someOf.map((type) => ({ name: 'some-of', valueCode: type })),
  ...(scope === undefined ? [] : [{ name: 'scope', valueString: scope }]),
  ...labels.map((label) => ({ name: 'label', valueCoding: label })),
  ...why.map((one) =>
    'policy' in one
      ? { name: 'why', valueString: one.policy }
      : { name: 'why', valueReference: { reference: one.reference } },
  ),
  ...(until === null ? [] : [{ name: 'until', valueDateTime: new Date(until).toISOString() }]),
  ...(lastUse ? [{ name: 'last-use', valueDateTime: lastUse.toISOString() }] : []),
];

async function everybody(asked: Asked): Promise<readonly Explained[]> {
  const own: Explained = {
    ...nothingMore,
    who: { reference: `Patient/${asked.patient}` },
    actor: 'self',
    types: ['*'],
    why: [{ policy: 'own record' }],
  };
  const sources = [proxies, treating, inEmergency, assigned, consented, apps, carriers, services];
  const found = await Promise.all(sources.map((source) => source(asked)));
  return withNames(asked, [own, ...found.flat()]);
}

async function run(context: FhirContext, { grant, path }: FhirRequest): Promise<Result<FhirResponse>> {
  const [, patient = ''] = path;
  const found = await context.store.read(grant, 'Patient', patient);
  if (!found.ok) return found;
  const may = await mayAsk(context, grant, patient);
  if (!may.ok) return may;
  note(grant, found.value, 'r');
  const all = await everybody({ context, tenant: grant.tenant, patient });
  const parameters: Parameters = {
    resourceType: 'Parameters',
    parameter: all.map((one) => ({ name: 'recipient', part: partsOf(one) })),
  };
  return operationResponse(JSON.stringify(parameters));
}

/** Who can see a record at the moment, what of it, why, and until when: a part for each, and for each reason to see it. */
export const explainAccess: Operation = {
  code: 'explain-access',
  definition: 'https://portico.dev/fhir/OperationDefinition/Patient-explain-access',
  description: 'Who can see a record, what of it, and why',
  on: { instances: ['Patient'] },
  affectsState: false,
  parameters: [{ name: 'recipient', use: 'out', min: 1, max: '*', type: 'BackboneElement' }],
  run,
};
