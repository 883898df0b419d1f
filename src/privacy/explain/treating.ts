import type { Appointment, CareTeam, Encounter, Patient, Practitioner, PractitionerRole } from '@medplum/fhirtypes';
import { isActive, isCurrent } from '../gate/reach.ts';
import { resourcesOf } from '../parties/rows.ts';
import type { Asked, Explained, Why } from './explained.ts';
import { seenBy } from './seen-by.ts';

/** As reach.ts: visits that did not come about say nothing. */
const undone = 'cancelled,entered-in-error';

type Named = { reference?: string } | undefined;

/** Who has to do with the patient, by any name: `Practitioner/1` or `PractitionerRole/1` → why. The other side of reach.ts. */
async function namesOf({ context, tenant, patient }: Asked): Promise<Map<string, Why[]>> {
  const now = context.now();
  const own = { tenant, patients: [patient] };
  const [[record], teams, visits, appointments] = await Promise.all([
    resourcesOf<Patient>(context, { tenant, type: 'Patient', ids: [patient] }),
    resourcesOf<CareTeam>(context, { ...own, type: 'CareTeam', criteria: { status: 'active' } }),
    resourcesOf<Encounter>(context, { ...own, type: 'Encounter', criteria: { 'status:not': undone } }),
    resourcesOf<Appointment>(context, {
      tenant,
      type: 'Appointment',
      criteria: { actor: `Patient/${patient}`, 'status:not': undone },
    }),
  ]);
  const names = new Map<string, Why[]>();
  const add = (named: Named, why: Why): void => {
    const name = named?.reference;
    if (name !== undefined && /^Practitioner(Role)?\//.test(name)) names.set(name, [...(names.get(name) ?? []), why]);
  };
  for (const one of record?.generalPractitioner ?? []) add(one, { policy: 'general practitioner' });
  for (const { id, period, participant = [] } of teams) {
    if (!isCurrent(period, now)) continue;
    for (const one of participant) if (isCurrent(one.period, now)) add(one.member, { reference: `CareTeam/${id}` });
  }
  for (const { id, participant = [] } of visits)
    for (const one of participant) add(one.individual, { reference: `Encounter/${id}` });
  for (const { id, participant = [] } of appointments)
    for (const one of participant) add(one.actor, { reference: `Appointment/${id}` });
  return names;
}

const idOf = (name: string): string => name.slice(name.indexOf('/') + 1);

/** A reason of each kind, the first that there is: whoever was seen a hundred times need not be told so a hundred times. */
function shortened(all: readonly Why[]): readonly Why[] {
  const kinds = new Map<string, Why>();
  for (const one of all) {
    const kind = 'policy' in one ? one.policy : one.reference.slice(0, one.reference.indexOf('/'));
    if (!kinds.has(kind)) kinds.set(kind, one);
  }
  return [...kinds.values()];
}

/** The clinicians who have to do with a patient and see something of them, each once, with the reasons. */
export async function treating(asked: Asked): Promise<Explained[]> {
  const { context, tenant } = asked;
  const now = context.now();
  const names = await namesOf(asked);
  const byType = (type: string): string[] => [...names.keys()].filter((name) => name.startsWith(`${type}/`)).map(idOf);
  const roles = await resourcesOf<PractitionerRole>(context, {
    tenant,
    type: 'PractitionerRole',
    ids: byType('PractitionerRole'),
  });
  const whys = new Map<string, Why[]>();
  for (const id of byType('Practitioner')) whys.set(id, [...(names.get(`Practitioner/${id}`) ?? [])]);
  for (const role of roles) {
    const of = role.practitioner?.reference;
    if (!of || !isActive(role, now)) continue;
    whys.set(idOf(of), [...(whys.get(idOf(of)) ?? []), ...(names.get(`PractitionerRole/${role.id}`) ?? [])]);
  }
  const people = await resourcesOf<Practitioner>(context, { tenant, type: 'Practitioner', ids: [...whys.keys()] });
  const found: Explained[] = [];
  for (const person of people) {
    if (person.active === false) continue;
    const reference = `Practitioner/${person.id}`;
    const seen = await seenBy(asked, reference, true);
    if (seen === null) continue;
    const { consents, ...what } = seen;
    const why = shortened(whys.get(person.id ?? '') ?? []);
    found.push({
      who: { reference, ...nameOf(person) },
      actor: 'practitioner',
      ...what,
      why: [...why, ...consents.map((one) => ({ reference: one }))],
      until: null,
    });
  }
  return found;
}

type HasName = { name?: { text?: string; given?: string[]; family?: string }[] };

export function nameOf({ name = [] }: HasName): { display?: string } {
  const [first] = name;
  const display = first?.text ?? [...(first?.given ?? []), first?.family ?? ''].join(' ').trim();
  return display ? { display } : {};
}
