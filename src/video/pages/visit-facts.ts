import type { Appointment, Bundle, Device, Encounter, Patient } from '@medplum/fhirtypes';

import { isOver } from '../session.ts';
import { policyOf } from '../visits/policy.ts';
import { findVisit, type Visit } from '../visits/visit.ts';
import { actorOf, actorsOf, nameOf, phoneFor, readAs } from './appointment.ts';
import { clientPath } from './client.ts';
import type { OverKind } from './gateway-words.ts';
import type { OpenedBy } from './video-page.ts';
import type { VisitPage } from './visit-page.ts';

const MINUTE = 60_000;

type Booked = Appointment & { id: string };

/** As whom somebody comes to an Appointment. */
function comesAs({ visitor: { fhirUser } }: OpenedBy, appointment: Appointment): VisitPage['as'] {
  const [type = '', id = ''] = fhirUser.split('/');
  const takesPart = actorsOf(appointment, type).includes(id);
  if (type === 'Practitioner') return takesPart ? 'host' : 'colleague';
  return takesPart ? 'patient' : 'helper';
}

/** What the patient measures with, as far as one may see. */
async function devicesOf({ deps, request, grant }: OpenedBy, patient: string): Promise<VisitPage['devices']> {
  const { fhir } = deps;
  const answer = await fhir.dispatch({
    method: 'GET',
    path: ['Device'],
    query: `patient=Patient/${patient}&_count=10`,
    header: (name) => (name === 'accept' ? 'application/fhir+json' : request.header(name)),
    body: '',
    grant,
    base: fhir.settings.baseOf(request.tenant),
  });
  if (!answer.ok) return [];
  const { entry = [] } = JSON.parse(String(answer.value.body)) as Bundle<Device>; // a search answers with one
  return entry.flatMap(({ resource: one }) => {
    const name = one?.deviceName?.[0]?.name ?? one?.type?.text ?? one?.type?.coding?.[0]?.display;
    return one?.resourceType === 'Device' && name !== undefined ? [{ reference: `Device/${one.id}`, name }] : [];
  });
}

/** What the page of a visit tells its script. */
export async function factsOf(opened: OpenedBy, appointment: Booked): Promise<VisitPage> {
  const { deps, request, csrf, visitor } = opened;
  const { fhir } = deps;
  const as = comesAs(opened, appointment);
  const treats = as === 'host' || as === 'colleague';
  const [patientId] = actorsOf(appointment, 'Patient');
  const patient = treats ? ((await actorOf(opened, appointment, 'Patient')) as Patient | null) : null; // as is asked for
  const met = treats ? patient : await actorOf(opened, appointment, 'Practitioner');
  const starts = Date.parse(appointment.start ?? '');
  const { earlyMinutes } = await policyOf(fhir, request.tenant);
  return {
    language: request.language,
    as,
    csrf,
    root: request.root,
    self: visitor.fhirUser,
    appointment: appointment.id,
    withWhom: nameOf(met),
    birthDate: patient?.birthDate ?? null,
    patient: patientId === undefined ? null : `Patient/${patientId}`,
    startsAt: appointment.start ?? null,
    opensAt: Number.isNaN(starts) ? null : new Date(starts - earlyMinutes * MINUTE).toISOString(),
    now: new Date(fhir.now()).toISOString(),
    phone: treats ? null : await phoneFor(opened, appointment),
    livekit: clientPath('livekit-client'),
    devices: patientId === undefined ? [] : await devicesOf(opened, patientId),
  };
}

const kinds: Readonly<Record<string, OverKind>> = {
  fulfilled: 'finished',
  noshow: 'missed',
  cancelled: 'cancelled',
  'entered-in-error': 'cancelled',
};

/** How a visit ended; null: it has not. */
export async function overOf(
  { deps, request }: OpenedBy,
  appointment: Booked,
): Promise<{ kind: OverKind; visit: Visit | null } | null> {
  const { fhir } = deps;
  const visit = await findVisit(fhir.database.byKey, request.tenant, 'appointment', appointment.id);
  const known = kinds[appointment.status];
  if (known) return { kind: known, visit };
  if (visit && isOver(visit.state)) return { kind: visit.state as OverKind, visit }; // those that are over
  const { overtimeMinutes } = await policyOf(fhir, request.tenant);
  const end = Date.parse(appointment.end ?? appointment.start ?? '');
  const last = visit?.hardStop ?? end + overtimeMinutes * MINUTE;
  return fhir.now() > last ? { kind: visit?.state === 'live' ? 'finished' : 'missed', visit } : null;
}

/** Minutes that a visit lasted; null: nobody knows, or one may not. */
export async function lastedOf(opened: OpenedBy, visit: Visit | null): Promise<number | null> {
  if (visit === null) return null;
  const encounter = await readAs<Encounter>(opened, 'Encounter', visit.encounter);
  const { start, end } = encounter?.period ?? {};
  const ms = Date.parse(end ?? '') - Date.parse(start ?? '');
  return Number.isNaN(ms) ? null : Math.max(1, Math.round(ms / MINUTE));
}
