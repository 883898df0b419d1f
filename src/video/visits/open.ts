import type { Appointment, Patient } from '@medplum/fhirtypes';
import type { Queryable } from '../../db/database.ts';
import type { FhirContext } from '../../fhir/context.ts';
import { conflict, ok, type Result, unprocessable } from '../../fhir/outcome.ts';
import { uuid7 } from '../../fhir/store/uuid.ts';
import { readVirtualService } from '../../fhir/virtual-service.ts';
import { localName } from '../../privacy/consents/references.ts';
import { readOwn, storeMadeIn } from '../../privacy/made.ts';
import { auditVisit, type By } from '../audit.ts';
import { nameOf } from '../people/names.ts';
import type { Providers } from '../providers/provider.ts';
import { secretText } from '../secrets.ts';
import { isOver } from '../session.ts';
import { within } from '../within.ts';
import { encounterOf } from './encounter.ts';
import { policyOf, type VideoPolicy } from './policy.ts';
import { lockResource } from './resources.ts';
import { planTimes, type Times, timesOf } from './times.ts';
import { findVisit, type ProviderId, type Visit } from './visit.ts';

const openable: ReadonlySet<string> = new Set(['booked', 'arrived', 'checked-in']);

/** Who takes part, by local references: `Patient/1`. */
export function actorsOf({ participant = [] }: Appointment, type: string, base: string): string[] {
  return participant
    .filter(({ status }) => status !== 'declined')
    .flatMap(({ actor }) => localName(actor?.reference ?? '', base) ?? [])
    .filter((one) => one.startsWith(`${type}/`));
}

/** What the Appointment says it is held with, where this server has that; else what the tenant has. */
function providerOf(appointment: Appointment, policy: VideoPolicy, providers: Providers): ProviderId {
  const code = readVirtualService(appointment)?.channel?.code;
  const asked: ProviderId | null = code === 'livekit' ? 'livekit' : code === 'webrtc-p2p' ? 'p2p' : null;
  if (asked !== null && providers.has(asked)) return asked;
  return providers.has(policy.provider) ? policy.provider : 'p2p';
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

type Coming = { times: Times; patient: string; hosts: readonly string[] };

/** Who comes when. */
function comingOf(appointment: Appointment & { id: string }, policy: VideoPolicy, base: string): Result<Coming> {
  if (!openable.has(appointment.status))
    return conflict(`Appointment/${appointment.id} is ${appointment.status}; a visit is opened of one that is booked`);
  const times = timesOf(appointment, policy);
  if (times === null) return unprocessable('A visit needs a time at which it starts', 'Appointment.start');
  const [patient] = actorsOf(appointment, 'Patient', base);
  const hosts = actorsOf(appointment, 'Practitioner', base);
  if (patient === undefined || hosts.length === 0)
    return unprocessable('A visit needs a Patient and a Practitioner', 'Appointment.participant');
  return ok({ times, patient: patient.slice('Patient/'.length), hosts });
}

/** Makes the visit of an Appointment that nobody changes meanwhile. */
async function makeVisit(
  context: FhirContext,
  tx: Queryable,
  tenant: number,
  id: string,
  { by, policy, providers }: { by: By; policy: VideoPolicy; providers: Providers },
): Promise<Result<Visit>> {
  await lockResource(tx, tenant, 'Appointment', id);
  const raced = await findVisit(tx, tenant, 'appointment', id);
  if (raced) return ok(raced);
  // It may have been cancelled since it was read.
  const found = await readOwn<Appointment>(within(context, tx), tenant, 'Appointment', id);
  if (!found.ok) return found;
  const appointment = found.value.resource;
  const base = context.settings.baseOf(tenant);
  const coming = comingOf(appointment, policy, base);
  if (!coming.ok) return coming;
  const { times, patient, hosts } = coming.value;
  const now = context.now();
  if (now > times.hardStop) return conflict('The time of this visit is over');
  const made: Visit = {
    tenant,
    id: uuid7(now),
    encounter: uuid7(now),
    appointment: id,
    patient,
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
  await storeMadeIn(context, tx, tenant, [encounterOf(made, id, hosts, base.slice(0, -'/fhir/R4'.length))]);
  await planTimes(tx, made, policy);
  await auditVisit(context, made, 'created', by, tx);
  return ok(made);
}

/**
 * The visit of an Appointment; where there is none it is made, with its Encounter. Of those who ask at once each gets the same.
 *
 * @returns 409 where the Appointment is not booked or its time is over, 422 where nobody can tell who comes when
 */
export async function openVisit(
  context: FhirContext,
  tenant: number,
  appointment: Appointment & { id: string },
  by: By,
  providers: Providers,
): Promise<Result<Visit>> {
  const { database } = context;
  const known = await findVisit(database.byKey, tenant, 'appointment', appointment.id);
  const policy = await policyOf(context, tenant);
  const opened = known
    ? ok(known)
    : await database.transaction((tx) => makeVisit(context, tx, tenant, appointment.id, { by, policy, providers }));
  if (!opened.ok || isOver(opened.value.state)) return opened;
  const room = await providers.get(opened.value.provider)?.ensureRoom(opened.value);
  return room && !room.ok ? room : opened;
}
