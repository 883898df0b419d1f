import type { Actor, Caller } from '../../fhir/access.ts';
import type { FhirContext } from '../../fhir/context.ts';
import { systemGrant } from '../../fhir/store/system.ts';
import { isActive, isCurrent, type Period, rowsOf } from '../gate/reach.ts';
import { clientSystem } from './consent-resource.ts';
import { actorSystem } from './provision-codes.ts';

/** Whom a Consent may mean when it means a caller. */
export type Recipient = {
  actor: Actor;
  purpose: string;
  /** `Practitioner/1`, their roles, whose they are, the teams and groups they are in. */
  names: ReadonlySet<string>;
  /** What an app and a class of actors are named by: `system|value`. */
  identifiers: ReadonlySet<string>;
};

type Role = { active?: boolean; period?: Period; organization?: { reference?: string } };
type Member = { reference?: string } | undefined;
type Group = { active?: boolean; member?: { entity?: Member; inactive?: boolean; period?: Period }[] };
type Team = { period?: Period; participant?: { member?: Member; period?: Period }[] };

const types = ['PractitionerRole', 'Group', 'CareTeam'];

/** Resources that were checked when they were stored. */
const parsed = <T>(content: string | null | undefined): T => JSON.parse(content ?? '{}') as T;

export async function recipientOf(context: FhirContext, caller: Caller): Promise<Recipient> {
  const { tenant, actor, purpose, fhirUser, organization, clientId } = caller;
  const names = new Set<string>();
  if (organization !== null) names.add(`Organization/${organization}`);
  const clients = clientSystem(context.settings.baseOf(tenant));
  const identifiers = new Set([`${actorSystem}|${actor}`, ...(clientId === null ? [] : [`${clients}|${clientId}`])]);
  const recipient = { actor, purpose, names, identifiers };
  if (fhirUser === null) return recipient;
  names.add(fhirUser);
  const now = context.now();
  const grant = systemGrant(tenant, types);
  if (fhirUser.startsWith('Practitioner/')) {
    const roles = await rowsOf(context, grant, 'r.id, r.content', 'PractitionerRole', { practitioner: fhirUser });
    for (const [id, content] of roles) {
      const role = parsed<Role>(content);
      if (!isActive(role, now)) continue;
      names.add(`PractitionerRole/${id}`);
      if (role.organization?.reference) names.add(role.organization.reference);
    }
  }
  const own = new Set(names);
  const isOwn = (member: Member): boolean => own.has(member?.reference ?? '');
  const any = [...own].slice(0, 50).join(',');
  const [groups, teams] = await Promise.all([
    rowsOf(context, grant, 'r.id, r.content', 'Group', { member: any }),
    rowsOf(context, grant, 'r.id, r.content', 'CareTeam', { participant: any, status: 'active' }),
  ]);
  for (const [id, content] of groups) {
    const { active, member = [] } = parsed<Group>(content);
    const isIn = member.some((one) => isOwn(one.entity) && one.inactive !== true && isCurrent(one.period, now));
    if (active !== false && isIn) names.add(`Group/${id}`);
  }
  for (const [id, content] of teams) {
    const { period, participant = [] } = parsed<Team>(content);
    const isIn = participant.some((one) => isOwn(one.member) && isCurrent(one.period, now));
    if (isIn && isCurrent(period, now)) names.add(`CareTeam/${id}`);
  }
  return recipient;
}
