import type { Appointment, Patient } from '@medplum/fhirtypes';
import { html } from 'hono/html';

import type { Reply } from '../../privacy/pages/visit.ts';
import { actorOf, actorsOf, nameOf, phoneFor, readAs } from './appointment.ts';
import { clientPath } from './client.ts';
import { deadEnd } from './frame.ts';
import { frameWords } from './frame-words.ts';
import { gatewayWords } from './gateway-words.ts';
import { shell } from './shell.ts';
import type { OpenedBy, VideoPage } from './video-page.ts';
import type { VisitPage } from './visit-page.ts';

/** Minutes before the start from which one may come in; the policy of the tenant may say otherwise. */
const EARLY = 15;

/** As whom somebody comes to an Appointment. */
function comesAs(opened: OpenedBy, appointment: Appointment): VisitPage['as'] {
  const { fhirUser } = opened.visitor;
  if (fhirUser.startsWith('Practitioner/')) return 'host';
  return actorsOf(appointment, 'Patient').includes(fhirUser.slice('Patient/'.length)) ? 'patient' : 'helper';
}

async function pageOf(opened: OpenedBy, appointment: Appointment & { id: string }): Promise<VisitPage> {
  const { deps, request, csrf } = opened;
  const as = comesAs(opened, appointment);
  const starts = Date.parse(appointment.start ?? '');
  const patient = as === 'host' ? ((await actorOf(opened, appointment, 'Patient')) as Patient | null) : null;
  const met = as === 'host' ? patient : await actorOf(opened, appointment, 'Practitioner');
  return {
    language: request.language,
    as,
    csrf,
    root: request.root,
    appointment: appointment.id,
    withWhom: nameOf(met),
    birthDate: patient?.birthDate ?? null,
    patient: patient ? `Patient/${patient.id}` : null,
    startsAt: appointment.start ?? null,
    endsAt: appointment.end ?? null,
    opensAt: Number.isNaN(starts) ? null : new Date(starts - EARLY * 60_000).toISOString(),
    now: new Date(deps.fhir.now()).toISOString(),
    phone: as === 'host' ? null : await phoneFor(opened, appointment),
    livekit: clientPath('livekit-client'),
    devices: [],
  };
}

async function run(opened: OpenedBy): Promise<Reply> {
  const { request } = opened;
  const { language } = request;
  const appointment = await readAs<Appointment>(opened, 'Appointment', request.params.appointment ?? '');
  if (appointment === null) return deadEnd(opened, frameWords[language].refused.unknown, 404);
  const page = await pageOf(opened, appointment);
  const say = gatewayWords[language];
  const title = say.title(page.withWhom);
  return shell(opened, { title, page, above: html`<h1>${title}</h1>` });
}

/** Where a visit is: the address that its Appointment names. */
export const gatewayPage: VideoPage = { method: 'GET', path: '/video/:appointment', whom: 'visitor', run };
