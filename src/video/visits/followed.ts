import type { Appointment, Encounter } from '@medplum/fhirtypes';

import { addJob } from '../../db/jobs.ts';
import type { Seen } from '../../fhir/access.ts';
import type { FhirContext, Record } from '../../fhir/context.ts';
import { localName } from '../../privacy/consents/references.ts';
import { readOwn } from '../../privacy/made.ts';
import type { By } from '../audit.ts';
import { leaveOut } from '../people/leave-out.ts';
import { publish } from '../relay.ts';
import { isOver, next, type VisitEvent } from '../session.ts';
import { advance, advanceIn } from './advance.ts';
import { policyOf } from './policy.ts';
import { shownVisit } from './shown.ts';
import { moveTimes, timesOf } from './times.ts';
import { findVisit, type Visit } from './visit.ts';

/** What somebody else has written that ends a visit; null: nothing. */
function endedBy(appointment: string, encounter: string): VisitEvent | null {
  if (appointment === 'noshow') return 'miss';
  if (['cancelled', 'entered-in-error', 'gone'].includes(appointment)) return 'cancel';
  if (['cancelled', 'entered-in-error', 'gone'].includes(encounter)) return 'cancel';
  return encounter === 'finished' || appointment === 'fulfilled' ? 'end' : null;
}

/** A visit that is put off is when its Appointment is. */
async function follows(context: FhirContext, visit: Visit, appointment: Appointment): Promise<void> {
  const policy = await policyOf(context, visit.tenant);
  const times = timesOf(appointment, policy);
  if (times === null || (times.startsAt === visit.startsAt && times.endsAt === visit.endsAt)) return;
  const moved = { ...visit, ...times };
  const body = { type: 'visit', visit: await shownVisit(context, moved) } as const;
  await context.database.transaction(async (tx) => {
    await moveTimes(tx, visit, times, policy);
    await publish(tx, { tenant: visit.tenant, visit: visit.id, target: null, body }, context.now());
  });
}

/** A visit ends with its Appointment or Encounter, whoever ends those; one that is under way is finished, for it took place. */
async function follow(context: FhirContext, visit: Visit, by: By): Promise<void> {
  const { tenant, id, state } = visit;
  if (isOver(state)) return;
  const [appointment, encounter] = await Promise.all([
    visit.appointment === null ? null : readOwn<Appointment>(context, tenant, 'Appointment', visit.appointment),
    readOwn<Encounter>(context, tenant, 'Encounter', visit.encounter),
  ]);
  const event = endedBy(
    appointment === null ? 'booked' : appointment.ok ? appointment.value.resource.status : 'gone',
    encounter.ok ? encounter.value.resource.status : 'gone',
  );
  if (event === null && appointment?.ok) {
    if (!isOf(appointment.value.resource, visit, context.settings.baseOf(tenant))) return part(context, visit, by);
    await follows(context, visit, appointment.value.resource);
  }
  if (event === null) return leaveOut(context, visit);
  const possible = ([event, 'cancel', 'lapse'] as const).find((one) => next(state, one) !== null);
  if (possible) await advance(context, tenant, id, possible, by);
}

const isOf = ({ participant }: Appointment, { patient }: Visit, base: string): boolean =>
  participant.some(({ actor }) => localName(actor?.reference, base) === `Patient/${patient}`);

/** An Appointment that is of another patient by now leaves the visit, which is over, and may have another. */
async function part(context: FhirContext, { tenant, id, state }: Visit, by: By): Promise<void> {
  await context.database.transaction(async (tx) => {
    await tx.query('update video_visit set appointment = null where tenant = $1 and id = $2', [tenant, id]);
    await advanceIn(context, tx, tenant, id, next(state, 'cancel') === null ? 'lapse' : 'cancel', by);
  });
}

const isOfVisit = ({ type, interaction }: Seen): boolean =>
  ['Appointment', 'Encounter', 'Practitioner', 'RelatedPerson'].includes(type) &&
  (interaction === 'u' || interaction === 'd');

/** The visits that are not over and that something is of: the one of an Appointment, those that somebody is in. */
async function visitsOf(context: FhirContext, tenant: number, { type, id }: Seen): Promise<Visit[]> {
  const on = context.database.byKey;
  const visits: (Visit | null)[] = [];
  if (type === 'Appointment' || type === 'Encounter')
    visits.push(await findVisit(on, tenant, type === 'Appointment' ? 'appointment' : 'encounter', id));
  else {
    const rows = await on.query(
      'select visit from video_participant where tenant = $1 and reference = $2 and socket is not null limit 100',
      [tenant, `${type}/${id}`],
    );
    for (const [visit] of rows) visits.push(await findVisit(on, tenant, 'id', String(visit)));
  }
  return visits.flatMap((visit) => (visit === null || isOver(visit.state) ? [] : [visit]));
}

/** The job that looks again when a transaction is committed, which it was not when its entries were told of. */
export const FOLLOW_JOB = 'video-follow';

/** ms after which what was written is committed, or will not be. */
const SETTLED = 2000;

/** A visit that is not over is over if its Appointment or Encounter is. */
export async function followVisit(context: FhirContext, tenant: number, id: string, by: By): Promise<void> {
  const visit = await findVisit(context.database, tenant, 'id', id);
  if (visit) await follow(context, visit, by);
}

/** As `record`; and looks, after each request that wrote an Appointment, an Encounter or a person, what becomes of visits by that. */
export function followed(context: FhirContext, record: Record): Record {
  return async (request, answer, seen) => {
    await record(request, answer, seen);
    const { tenant, caller } = request.grant;
    const visits = [];
    for (const one of seen.filter(isOfVisit)) visits.push(...(await visitsOf(context, tenant, one)));
    for (const visit of visits) {
      await follow(context, visit, { reference: caller.fhirUser });
      const runAt = new Date(context.now() + SETTLED);
      await addJob(context.database, { tenant, kind: FOLLOW_JOB, payload: { visit: visit.id }, key: visit.id, runAt });
    }
  };
}
