import type { Caller } from '../../fhir/access.ts';
import type { FhirContext } from '../../fhir/context.ts';
import { search } from '../../fhir/search/search.ts';
import { systemGrant } from '../../fhir/store/system.ts';
import { readParties } from '../parties/read-facts.ts';
import { openGlasses } from './break-glass.ts';
import type { ConsentEffect, Facts, ReadFacts, Registration } from './facts.ts';
import { isActive, type Role } from './reach.ts';
import { wardsOf } from './wards.ts';
import { isWorking } from './working.ts';

/** The Consents that bear on a caller, of these patients or of all. */
export type ReadConsents = (
  caller: Caller,
  patients: 'all' | readonly string[],
) => Promise<readonly ConsentEffect[] | { effects: readonly ConsentEffect[]; until: number }>;

/** What a client was registered for; null: nothing narrower than its scopes. */
export type ReadRegistration = (tenant: number, clientId: string) => Promise<Registration | null>;

/** ms for which is believed what no epoch tells of: who is in an Encounter, when a child was born. */
const KEPT = 60_000;

/** Tasks that wait for who owns them. https://hl7.org/fhir/R4/valueset-task-status.html */
const open = 'requested,received,accepted,ready,in-progress';
/** Visits that are under way. https://hl7.org/fhir/R4/valueset-encounter-status.html */
const present = 'arrived,triaged,in-progress,onleave';

type Assigned = { assigned: readonly string[]; tasks: readonly string[] };

const nothing: Assigned = { assigned: [], tasks: [] };

/** All resources of one type that the criteria select. */
async function every(
  context: FhirContext,
  tenant: number,
  type: string,
  query: string,
): Promise<{ id: string; content: string; patient: string | null }[]> {
  const found = [];
  const base = context.settings.baseOf(tenant);
  for (let next: string | undefined | null = `${query}&_count=500`; next; ) {
    const page = await search(context, systemGrant(tenant, [type]), { types: [type], query: next, strict: true, base });
    if (!page.ok) throw new Error(page.issues[0]?.diagnostics);
    found.push(...page.value.found);
    next = page.value.next?.split('?')[1];
  }
  return found;
}

/** Who somebody is as an owner: the Practitioner and their roles. */
async function owners(context: FhirContext, tenant: number, practitioner: string): Promise<string> {
  const roles = await every(context, tenant, 'PractitionerRole', `practitioner=${practitioner}&active:not=false`);
  const now = context.now();
  // What is stored as a role has been checked.
  const active = roles.filter(({ content }) => isActive(JSON.parse(content) as Role, now));
  return [practitioner, ...active.map(({ id }) => `PractitionerRole/${id}`)].slice(0, 100).join();
}

/** Whose open Tasks are the caller's; for a concierge also whom they meet at the moment. */
async function assignedTo(context: FhirContext, { tenant, actor, fhirUser }: Caller): Promise<Assigned> {
  if (!fhirUser?.startsWith('Practitioner/')) return nothing;
  const any = await owners(context, tenant, fhirUser);
  const tasks = await every(context, tenant, 'Task', `owner=${any}&status=${open}`);
  const visits =
    actor === 'concierge' ? await every(context, tenant, 'Encounter', `participant=${any}&status=${present}`) : [];
  // What is stored as a Task has been checked.
  const of = tasks.map(({ content }) => (JSON.parse(content) as { for?: { reference?: string } }).for?.reference ?? '');
  const patients = of.filter((one) => one.startsWith('Patient/')).map((one) => one.slice('Patient/'.length));
  const met = visits.flatMap(({ patient }) => patient ?? []);
  return { assigned: [...new Set([...patients, ...met])].sort(), tasks: tasks.map(({ id }) => id).sort() };
}

/** The classes that work by assignment. */
const staff: readonly Caller['actor'][] = ['care-agent', 'concierge'];
const guardians: readonly Caller['actor'][] = ['proxy', 'app'];

/** Whose Consents bear on a caller. */
function consenting({ actor, reach, patient }: Caller, assigned: readonly string[]): 'all' | readonly string[] {
  if (staff.includes(actor)) return assigned;
  if (actor !== 'app' && actor !== 'proxy') return 'all';
  return [...new Set([...(reach === 'all' ? [] : reach), ...(patient === null ? [] : [patient])])];
}

/** What a Consent takes, without what it gives. */
const taking = (effect: ConsentEffect): ConsentEffect => ({ ...effect, permits: new Map(), opens: 0 });

/**
 * Reads what bears on a caller beside their token. What is a resource of a type of policy-types.ts makes every process ask again
 * when it is written; what is none is believed for a minute.
 */
export function createReadFacts(
  context: FhirContext,
  readConsents: ReadConsents = async () => [],
  readRegistration: ReadRegistration = async () => null,
): ReadFacts {
  return async (caller): Promise<Facts> => {
    const { tenant, actor, fhirUser, clientId } = caller;
    const now = context.now();
    const works = await isWorking(context, tenant, fhirUser);
    const [assigned, emergencies, wards, registration, { parties, until: partiesEnd }] = await Promise.all([
      works && staff.includes(actor) ? assignedTo(context, caller) : nothing,
      works && actor === 'practitioner' && fhirUser !== null ? openGlasses(context, tenant, fhirUser) : [],
      guardians.includes(actor) && fhirUser !== null ? wardsOf(context, tenant, fhirUser) : [],
      clientId === null ? null : readRegistration(tenant, clientId),
      readParties(context, caller),
    ]);
    const told =
      actor === 'self' || actor === 'operator' ? [] : await readConsents(caller, consenting(caller, assigned.assigned));
    const { effects, until } = 'effects' in told ? told : { effects: told, until: Number.POSITIVE_INFINITY };
    const isKept = actor === 'concierge' || wards.length > 0 || registration !== null;
    const ends = [...emergencies, ...wards].map((one) => one.until);
    return {
      consents: works ? effects : effects.map(taking),
      duties: { ...assigned, emergencies },
      wards,
      registration,
      parties,
      until: Math.min(until, partiesEnd, isKept ? now + KEPT : Number.POSITIVE_INFINITY, ...ends),
    };
  };
}
