import type { Caller, Grant } from '../../fhir/access.ts';
import type { FhirContext } from '../../fhir/context.ts';
import { createReach } from '../gate/reach.ts';

/** Who asked for a copy, as far as they are still asked about when it is made: never what they may see. */
export type Principal = {
  tenant: number;
  actor: 'self' | 'proxy';
  /** `sub` of their token or session: the id of their account, where they have one. */
  subject: string;
  /** `Patient/1` or `RelatedPerson/2`. */
  fhirUser: string;
};

/** The person themself, or who acts for them; no app, and nobody whose work it is. */
export function principalOf({ tenant, actor, subject, clientId, fhirUser, patient }: Caller): Principal | null {
  if (clientId !== null || (actor !== 'self' && actor !== 'proxy')) return null;
  const user = fhirUser ?? (actor === 'self' && patient !== null ? `Patient/${patient}` : null);
  return user === null ? null : { tenant, actor, subject, fhirUser: user };
}

/** Whether the account still is somebody's who may sign in, and is still linked to the same record. */
async function stands({ database }: FhirContext, { tenant, subject, fhirUser }: Principal): Promise<boolean> {
  const [row] = await database.byKey.query(
    'select disabled_at is null, fhir_user from user_account where tenant = $1 and id = $2',
    [tenant, subject],
  );
  // Without an account there is a token of the operator's command, which ends by itself.
  return row === undefined || (row[0] === true && row[1] === fhirUser);
}

/**
 * What somebody may read of the record of a patient at this moment, all scopes given: a copy is due to a person, whichever
 * token they asked with. Null where they may not read it any more.
 */
export async function grantNow(context: FhirContext, principal: Principal, patient: string): Promise<Grant | null> {
  const { tenant, actor, subject, fhirUser } = principal;
  if (context.decide === undefined) throw new Error('nobody decides here what somebody may see');
  if (!(await stands(context, principal))) return null;
  const reach = await createReach(context)(tenant, fhirUser);
  if (!reach.includes(patient)) return null;
  const grant = await context.decide({
    tenant,
    actor,
    purpose: '',
    organization: null,
    subject,
    clientId: null,
    scopes: [{ context: 'patient', type: '*', interactions: new Set(['r', 's']), query: null }],
    patient,
    fhirUser,
    identified: true,
    reach: [...reach],
    grantId: null,
    operator: false,
  });
  return (await context.store.read(grant, 'Patient', patient)).ok ? grant : null;
}
