import type { Appointment, Encounter, EncounterParticipant } from '@medplum/fhirtypes';

import type { Queryable } from '../../db/database.ts';
import type { FhirContext } from '../../fhir/context.ts';
import { typeNumber } from '../../fhir/resources.ts';
import { readOwn, replaceMade } from '../../privacy/made.ts';
import { isOver, states } from '../session.ts';
import { within } from '../within.ts';
import { virtualPlace } from './encounter.ts';
import type { Visit } from './visit.ts';

const instant = (ms: number): string => new Date(ms).toISOString();

/** Nobody else writes it before the transaction is over. */
export async function lockResource(tx: Queryable, tenant: number, type: string, id: string): Promise<void> {
  await tx.query('select 1 from resource where tenant = $1 and type = $2 and id = $3 for update', [
    tenant,
    typeNumber(type),
    id,
  ]);
}

/** Changes a resource that is there; one that is gone stays gone. `change` gives null where nothing is to be changed. */
async function rewrite<T extends Appointment | Encounter>(
  context: FhirContext,
  tx: Queryable,
  tenant: number,
  [type, id]: [T['resourceType'], string],
  change: (resource: T) => T | null,
): Promise<void> {
  await lockResource(tx, tenant, type, id);
  const inside = within(context, tx);
  const found = await readOwn<T>(inside, tenant, type, id);
  if (!found.ok) return;
  const changed = change(found.value.resource);
  if (changed === null) return;
  // It is the one that was read, with its id.
  const made = { ...changed, id } as (Appointment | Encounter) & { id: string };
  // Whoever meets somebody in an Appointment treats them, unless it is cancelled: how far it is decides nothing.
  const access = made.status === 'cancelled' ? null : 'same';
  const written = await replaceMade(inside, tenant, made, found.value.version, access);
  if (!written.ok) throw new Error(written.issues[0]?.diagnostics);
}

/** Statuses after which there is none. Who wrote one by hand has said what became of it. */
const last: ReadonlySet<string> = new Set(['fulfilled', 'finished', 'cancelled', 'noshow', 'entered-in-error']);

/** The Appointment says what the visit is. */
export async function writeAppointment(context: FhirContext, tx: Queryable, visit: Visit): Promise<void> {
  if (visit.appointment === null) return;
  const { appointment: status } = states[visit.state];
  await rewrite<Appointment>(context, tx, visit.tenant, ['Appointment', visit.appointment], (one) =>
    one.status === status || last.has(one.status) ? null : { ...one, status },
  );
}

/** Past statuses end where the next begins; the last is the one it has. */
function historyOf(encounter: Encounter, status: Encounter['status'], now: number): Encounter['statusHistory'] {
  const before = encounter.statusHistory ?? [];
  const closed = before.map((one) =>
    one.period?.end === undefined ? { ...one, period: { ...one.period, end: instant(now) } } : one,
  );
  const began = encounter.meta?.lastUpdated ?? instant(now);
  const known =
    closed.length > 0 ? closed : [{ status: encounter.status, period: { start: began, end: instant(now) } }];
  return [
    ...known,
    {
      status,
      period: {
        start: instant(now),
        ...(status === 'finished' || status === 'cancelled' ? { end: instant(now) } : {}),
      },
    },
  ] as Encounter['statusHistory']; // status is of the value set
}

/** https://terminology.hl7.org/CodeSystem-v3-ParticipationType.html; who helps the patient has none of these */
const participation: Readonly<Record<string, { system: string; code: string; display: string }>> = {
  host: {
    system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType',
    code: 'PPRF',
    display: 'primary performer',
  },
  colleague: {
    system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType',
    code: 'CON',
    display: 'consultant',
  },
  interpreter: {
    system: 'http://terminology.hl7.org/CodeSystem/participant-type',
    code: 'translator',
    display: 'Translator',
  },
};

/** Who is a resource and was here, each once: from when they first joined to when they last left. */
async function participantsOf(tx: Queryable, visit: Visit, now: number): Promise<EncounterParticipant[]> {
  const rows = await tx.query(
    `select reference, role, joined_at, left_at, name from video_participant
     where tenant = $1 and visit = $2 and reference is not null and reference not like 'Patient/%'
       and (role = 'host' or joined_at is not null) order by role, id`,
    [visit.tenant, visit.id],
  );
  return rows.map(([reference, role, joined, left, name]) => {
    const type = participation[String(role)];
    const start = joined === null ? null : (joined as Date).getTime(); // of a timestamptz
    const end = left === null ? now : (left as Date).getTime();
    return {
      ...(type ? { type: [{ coding: [type] }] } : {}),
      ...(start === null
        ? {}
        : {
            period: { start: instant(start), ...(isOver(visit.state) ? { end: instant(Math.max(start, end)) } : {}) },
          }),
      individual: { reference: String(reference), display: String(name) },
    } as EncounterParticipant; // of the types that the element allows
  });
}

/** What others have written of who takes part stays, but for the times. */
function withTimes(written: readonly EncounterParticipant[], ours: readonly EncounterParticipant[]) {
  const nameOf = ({ individual }: EncounterParticipant): string => individual?.reference ?? '';
  const byName = new Map(ours.map((one) => [nameOf(one), one]));
  const known = new Set(written.map(nameOf));
  return [
    ...written.map((one) => {
      const period = byName.get(nameOf(one))?.period;
      return period === undefined ? one : { ...one, period };
    }),
    ...ours.filter((one) => !known.has(nameOf(one))),
  ];
}

const minutesBetween = (start: string, end: number): number =>
  Math.max(0, Math.round((end - Date.parse(start)) / 60_000));

/** Where it takes place: planned, then in use, then no more. A visit that did not come about stays planned. */
function placesOf({ location = [] }: Encounter, status: Encounter['status'], now: number): Encounter['location'] {
  return location.map((one) => {
    if (one.location.reference !== virtualPlace) return one;
    if (status === 'in-progress' && one.status !== 'active')
      return { ...one, status: 'active', period: { start: instant(now) } };
    if (status === 'finished') return { ...one, status: 'completed', period: { ...one.period, end: instant(now) } };
    return one;
  });
}

const lengthOf = (start: string, end: number): Encounter['length'] => ({
  value: minutesBetween(start, end),
  unit: 'min',
  system: 'http://unitsofmeasure.org',
  code: 'min',
});

/** The Encounter says what the visit is, since when, and who was there. */
export async function writeEncounter(context: FhirContext, tx: Queryable, visit: Visit): Promise<void> {
  const now = context.now();
  const { encounter: status } = states[visit.state];
  const ours = await participantsOf(tx, visit, now);
  await rewrite<Encounter>(context, tx, visit.tenant, ['Encounter', visit.encounter], (one) => {
    const isKnown = one.status === status;
    if (isKnown && last.has(status)) return null;
    const participant = withTimes(one.participant ?? [], ours);
    const attended = { ...one, ...(participant.length > 0 ? { participant } : {}) };
    const isSame = JSON.stringify(attended) === JSON.stringify(one);
    // Who wrote by hand that it is over has said when.
    if (isKnown || last.has(one.status)) return isSame ? null : attended;
    const began = one.period?.start ?? (status === 'in-progress' ? instant(now) : undefined);
    const ended = status === 'finished' && began !== undefined;
    return {
      ...attended,
      status,
      statusHistory: historyOf(one, status, now),
      ...(one.location ? { location: placesOf(one, status, now) } : {}),
      ...(began === undefined ? {} : { period: { start: began, ...(ended ? { end: instant(now) } : {}) } }),
      ...(ended ? { length: lengthOf(began, now) } : {}),
    };
  });
}
