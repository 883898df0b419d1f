import { randomBytes } from 'node:crypto';
import type { Appointment, Encounter, Patient } from '@medplum/fhirtypes';
import type { Queryable } from '../../db/database.ts';
import { addJob } from '../../db/jobs.ts';
import type { FhirContext } from '../../fhir/context.ts';
import { conflict, ok, type Result, unprocessable } from '../../fhir/outcome.ts';
import { uuid7 } from '../../fhir/store/uuid.ts';
import { readVirtualService, virtualService } from '../../fhir/virtual-service.ts';
import { localName } from '../../privacy/consents/references.ts';
import { readOwn, storeMadeIn } from '../../privacy/made.ts';
import { auditVisit, type By } from '../audit.ts';
import { nameOf } from '../people/names.ts';
import type { Providers } from '../providers/provider.ts';
import { within } from '../within.ts';
import { policyOf, type VideoPolicy } from './policy.ts';
import { lockResource } from './resources.ts';
import { findVisit, type ProviderId, type Visit } from './visit.ts';

/** The jobs of a visit that nobody asks for: the patient does not come, or nobody ends it. */
export const NO_SHOW_JOB = 'video-no-show';
export const HARD_STOP_JOB = 'video-hard-stop';

const MINUTE = 60_000;

const openable: ReadonlySet<string> = new Set(['booked', 'arrived', 'checked-in']);

/** 128 bits that nobody guesses. */
export const secretText = (): string => randomBytes(16).toString('base64url');

/** Who takes part, by local references: `Patient/1`. */
export function actorsOf({ participant = [] }: Appointment, type: string, base: string): string[] {
  return participant
    .filter(({ status }) => status !== 'declined')
    .flatMap(({ actor }) => localName(actor?.reference ?? '', base) ?? [])
    .filter((one) => one.startsWith(`${type}/`));
}

type Times = { startsAt: number; endsAt: number; hardStop: number };

function timesOf({ start, end, minutesDuration }: Appointment, policy: VideoPolicy): Times | null {
  const startsAt = Date.parse(start ?? '');
  if (Number.isNaN(startsAt)) return null;
  const endsAt = end === undefined ? startsAt + (minutesDuration ?? 30) * MINUTE : Date.parse(end);
  return { startsAt, endsAt, hardStop: endsAt + policy.overtimeMinutes * MINUTE };
}

/** What the Appointment says it is held with, where this server has that; else what the tenant has. */
function providerOf(appointment: Appointment, policy: VideoPolicy, providers: Providers): ProviderId {
  const code = readVirtualService(appointment)?.channel?.code;
  const asked: ProviderId | null = code === 'livekit' ? 'livekit' : code === 'webrtc-p2p' ? 'p2p' : null;
  if (asked !== null && providers.has(asked)) return asked;
  return providers.has(policy.provider) ? policy.provider : 'p2p';
}

function encounterOf(visit: Visit, appointment: Appointment & { id: string }, hosts: readonly string[], root: string) {
  const encounter = {
    resourceType: 'Encounter',
    id: visit.encounter,
    extension: [
      virtualService('Encounter', root, appointment.id, {
        channel: visit.provider === 'p2p' ? 'webrtc-p2p' : 'livekit',
      }),
    ],
    status: 'planned',
    statusHistory: [{ status: 'planned', period: { start: new Date(visit.createdAt).toISOString() } }],
    class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'VR', display: 'virtual' },
    type: [
      {
        coding: [
          { system: 'http://snomed.info/sct', code: '448337001', display: 'Telemedicine consultation with patient' },
        ],
      },
    ],
    subject: { reference: `Patient/${visit.patient}` },
    participant: hosts.map((reference) => ({
      type: [
        {
          coding: [
            {
              system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType',
              code: 'PPRF',
              display: 'primary performer',
            },
          ],
        },
      ],
      individual: { reference },
    })),
    appointment: [{ reference: `Appointment/${appointment.id}` }],
  };
  return encounter as Encounter & { id: string }; // its members are as the specification has them; the validator is asked in a test
}

async function insertVisit(tx: Queryable, visit: Visit): Promise<void> {
  await tx.query(
    `insert into video_visit (tenant, id, encounter, appointment, patient, room, provider, state, epoch, starts_at, ends_at,
       hard_stop, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, $10, $11, $12)`,
    [
      visit.tenant,
      visit.id,
      visit.encounter,
      visit.appointment,
      visit.patient,
      visit.room,
      visit.provider,
      visit.state,
      new Date(visit.startsAt),
      new Date(visit.endsAt),
      new Date(visit.hardStop),
      new Date(visit.createdAt),
    ],
  );
}

/** Those of whom it is known that they are expected: the patient, and who treats them. */
async function expect(context: FhirContext, tx: Queryable, visit: Visit, hosts: readonly string[]): Promise<void> {
  const inside = within(context, tx);
  for (const reference of [`Patient/${visit.patient}`, ...hosts]) {
    const [type = '', id = ''] = reference.split('/');
    const isPatient = type === 'Patient';
    const found = await readOwn<Patient>(inside, visit.tenant, type as 'Patient', id); // read for what all people have
    const name = found.ok ? nameOf(found.value.resource) : reference;
    await tx.query(
      `insert into video_participant (tenant, visit, id, reference, role, name, birth_date, state)
       values ($1, $2, $3, $4, $5, $6, $7, 'expected')`,
      [
        visit.tenant,
        visit.id,
        secretText(),
        reference,
        isPatient ? 'patient' : 'host',
        name,
        isPatient && found.ok ? (found.value.resource.birthDate ?? null) : null,
      ],
    );
  }
}

/**
 * The visit of an Appointment; where there is none it is made, with its Encounter. Of those who ask at once each gets the same.
 *
 * @param root what stands before the paths of the tenant: `https://host/t/2`
 * @returns 409 where the Appointment is not booked, 422 where nobody can tell who comes when
 */
export async function openVisit(
  context: FhirContext,
  tenant: number,
  appointment: Appointment & { id: string },
  by: By,
  providers: Providers,
): Promise<Result<Visit>> {
  const known = await findVisit(context.database.byKey, tenant, 'appointment', appointment.id);
  if (known) return ok(known);
  const policy = await policyOf(context, tenant);
  const base = context.settings.baseOf(tenant);
  const root = base.slice(0, -'/fhir/R4'.length);
  if (!openable.has(appointment.status))
    return conflict(`Appointment/${appointment.id} is ${appointment.status}; a visit is opened of one that is booked`);
  const times = timesOf(appointment, policy);
  if (times === null) return unprocessable('A visit needs a time at which it starts', 'Appointment.start');
  const [patient] = actorsOf(appointment, 'Patient', base);
  const hosts = actorsOf(appointment, 'Practitioner', base);
  if (patient === undefined || hosts.length === 0)
    return unprocessable('A visit needs a Patient and a Practitioner', 'Appointment.participant');
  const now = context.now();
  if (now > times.hardStop) return conflict('The time of this visit is over');
  const visit = await context.database.transaction(async (tx): Promise<Visit> => {
    await lockResource(tx, tenant, 'Appointment', appointment.id);
    const raced = await findVisit(tx, tenant, 'appointment', appointment.id);
    if (raced) return raced;
    const made: Visit = {
      tenant,
      id: uuid7(now),
      encounter: uuid7(now),
      appointment: appointment.id,
      patient: patient.slice('Patient/'.length),
      room: `${tenant}.${secretText()}`,
      provider: providerOf(appointment, policy, providers),
      state: 'scheduled',
      epoch: 0,
      ...times,
      hostLeftAt: null,
      callback: null,
      createdAt: now,
    };
    await insertVisit(tx, made);
    await expect(context, tx, made, hosts);
    await storeMadeIn(context, tx, tenant, [encounterOf(made, appointment, hosts, root)]);
    const job = { tenant, payload: { visit: made.id }, key: made.id };
    await addJob(tx, { ...job, kind: NO_SHOW_JOB, runAt: new Date(made.startsAt + policy.noShowMinutes * MINUTE) });
    await addJob(tx, { ...job, kind: HARD_STOP_JOB, runAt: new Date(made.hardStop) });
    await auditVisit(context, made, 'created', by, tx);
    return made;
  });
  const room = await providers.get(visit.provider)?.ensureRoom(visit);
  return room && !room.ok ? room : ok(visit);
}
