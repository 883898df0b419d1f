import type { Caller, Grant, Interaction, Scope } from '../../fhir/access.ts';
import type { Visitor } from '../../privacy/pages/visit.ts';
import type { VideoPagesDeps } from './video-page.ts';

/** Nobody deletes anything here; which operations there are at all is the matter of do.ts. */
const may: ReadonlySet<Interaction> = new Set(['c', 'r', 'u', 's']);

const scope = (context: Scope['context']): Scope => ({ context, type: '*', interactions: may, query: null });

/** Whether somebody can be part of a visit: who has a record here, helps somebody with theirs, or treats. */
export const canVisit = (visitor: Visitor): visitor is Visitor & { fhirUser: string } =>
  /^(Patient|RelatedPerson|Practitioner)\//.test(visitor.fhirUser ?? '');

/** What somebody may do and see as they themselves, by what their class may. */
export async function visitorGrant(
  { decide, reach }: VideoPagesDeps,
  tenant: number,
  visitor: Visitor & { fhirUser: string },
): Promise<Grant> {
  const { fhirUser } = visitor;
  const reached = await reach(tenant, fhirUser);
  const common: Omit<Caller, 'actor' | 'scopes' | 'patient'> = {
    tenant,
    purpose: '',
    organization: null,
    subject: visitor.id,
    clientId: null,
    fhirUser,
    identified: true,
    grantId: null,
    operator: false,
    reach: reached,
  };
  if (fhirUser.startsWith('Practitioner/'))
    return decide({ ...common, actor: 'practitioner', scopes: [scope('user')], patient: null });
  const actor = fhirUser.startsWith('Patient/') ? 'self' : 'proxy';
  return decide({ ...common, actor, scopes: [scope('patient')], patient: reached[0] ?? null });
}
