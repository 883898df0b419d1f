import type { Coverage, Organization, Practitioner, RelatedPerson, Task } from '@medplum/fhirtypes';

import { administrativeTypes } from '../actors/types.ts';
import { isActive } from '../gate/reach.ts';
import { isInForce, spanOf } from '../parties/coverage.ts';
import { resourcesOf } from '../parties/rows.ts';
import { type Asked, type Explained, nothingMore } from './explained.ts';
import { nameOf } from './treating.ts';

const finite = (at: number): number | null => (Number.isFinite(at) ? at : null);

/** Who acts for the patient. */
export async function proxies({ context, tenant, patient }: Asked): Promise<Explained[]> {
  const all = await resourcesOf<RelatedPerson>(context, { tenant, type: 'RelatedPerson', patients: [patient] });
  return all
    .filter((one) => isActive(one, context.now()))
    .map((one) => ({
      ...nothingMore,
      who: { reference: `RelatedPerson/${one.id}`, ...nameOf(one) },
      actor: 'proxy',
      types: ['*'],
      why: [{ reference: `RelatedPerson/${one.id}` }],
      until: finite(spanOf(one.period).end),
    }));
}

/** Tasks that wait for who owns them. */
const open = 'requested,received,accepted,ready,in-progress';

/** Staff who have something to do for the patient; a concierge sees more by it than who answers questions of benefits. */
export async function assigned({ context, tenant, patient }: Asked): Promise<Explained[]> {
  const criteria = { subject: `Patient/${patient}`, status: open };
  const tasks = await resourcesOf<Task>(context, { tenant, type: 'Task', criteria });
  return tasks.flatMap(({ id, owner }): Explained[] =>
    owner?.reference
      ? [
          {
            ...nothingMore,
            who: owner,
            actor: 'care-agent',
            types: [...administrativeTypes].sort(),
            why: [{ reference: `Task/${id}` }],
          },
        ]
      : [],
  );
}

/** Clinicians who have broken the glass, and whose time has not ended. */
export async function inEmergency(asked: Asked): Promise<Explained[]> {
  const { context, tenant, patient } = asked;
  const rows = await context.database.query(
    `select practitioner, max(ends_at) from break_glass
     where tenant = $1 and patient = $2 and ends_at > $3 group by practitioner order by practitioner`,
    [tenant, patient, new Date(context.now())],
  );
  return rows.map(([practitioner, ends]) => ({
    ...nothingMore,
    who: { reference: String(practitioner) },
    actor: 'practitioner',
    types: ['*'],
    why: [{ policy: 'emergency' }],
    until: (ends as Date).getTime(), // the select list fixes the shape of the row
  }));
}

/** What a carrier is told of whom it covers, whether they agree or not. */
const elections = ['Coverage', 'Patient', 'RelatedPerson'];

export async function carriers({ context, tenant, patient }: Asked): Promise<Explained[]> {
  const criteria = { beneficiary: `Patient/${patient}`, status: 'active' };
  const all = await resourcesOf<Coverage>(context, { tenant, type: 'Coverage', criteria });
  return all
    .filter((one) => isInForce(one, context.now()))
    .flatMap(({ id, payor, period }) =>
      payor
        .filter(({ reference }) => reference?.startsWith('Organization/'))
        .map(
          (who): Explained => ({
            ...nothingMore,
            who,
            actor: 'carrier',
            types: [],
            someOf: elections,
            why: [{ reference: `Coverage/${id}` }],
            until: finite(spanOf(period).end),
          }),
        ),
    );
}

/** What somebody is called whom a reference names without saying it. */
export async function withNames({ context, tenant }: Asked, all: readonly Explained[]): Promise<Explained[]> {
  const wanted = (type: string): string[] =>
    all.flatMap(({ who }) =>
      who.display === undefined && who.reference?.startsWith(`${type}/`) ? [who.reference.slice(type.length + 1)] : [],
    );
  const names = new Map<string, string>();
  for (const one of await resourcesOf<Practitioner>(context, {
    tenant,
    type: 'Practitioner',
    ids: wanted('Practitioner'),
  })) {
    const { display } = nameOf(one);
    if (display) names.set(`Practitioner/${one.id}`, display);
  }
  for (const one of await resourcesOf<Organization>(context, {
    tenant,
    type: 'Organization',
    ids: wanted('Organization'),
  }))
    if (one.name) names.set(`Organization/${one.id}`, one.name);
  return all.map((one) => {
    const display = one.who.display ?? names.get(one.who.reference ?? '');
    return display === undefined ? one : { ...one, who: { ...one.who, display } };
  });
}
