import type { Appointment, AppointmentParticipant, CodeableConcept } from '@medplum/fhirtypes';

import { type Channel, readVirtualService, virtualService, withoutVirtualService } from '../../fhir/virtual-service.ts';
import type { ProviderId } from '../visits/visit.ts';
import type { Place } from './available.ts';
import { servicesOf } from './calendar.ts';
import { isSame, isVideo } from './services.ts';
import { inZone } from './time-zones.ts';

const participationType = 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType';

type Status = AppointmentParticipant['status'];

const performer: CodeableConcept = {
  coding: [{ system: participationType, code: 'PPRF', display: 'primary performer' }],
};

/** Whom a Schedule is of, as participants. A PractitionerRole would say again who the Practitioner is. */
function actorsOf({ calendar }: Place, status: Status): AppointmentParticipant[] {
  const people = calendar.actors.some(({ reference = '' }) => reference.startsWith('Practitioner/'));
  return calendar.actors
    .filter(({ reference = '' }) => !(people && reference.startsWith('PractitionerRole/')))
    .filter(({ reference = '' }) => !/^(Patient|RelatedPerson)\//.test(reference))
    .map((actor) => ({
      ...(/^Practitioner(Role)?\//.test(actor.reference ?? '') ? { type: [performer] } : {}),
      actor,
      required: 'required',
      status,
    }));
}

/** Where and when a Slot is, as the elements of an Appointment have it. */
export function timesOf({ slot, span, calendar }: Place) {
  const written = (at: number, text: string): string => (calendar.zone === null ? text : inZone(at, calendar.zone));
  return {
    start: written(span.start, slot.start),
    end: written(span.end, slot.end),
    minutesDuration: Math.round((span.end - span.start) / 60_000),
    slot: [{ reference: `Slot/${slot.id}` }],
  };
}

/** The services that were asked for, as far as they can be had in a Slot; nothing asked for: the first that can. */
export function serviceOf(place: Place, asked: readonly CodeableConcept[]): readonly CodeableConcept[] | null {
  const offered = servicesOf(place.slot, place.calendar);
  if (asked.length === 0) return offered.slice(0, 1);
  if (offered.length === 0) return asked;
  return asked.every((one) => offered.some((other) => isSame(one, other))) ? asked : null;
}

/** What $find proposes for a Slot. */
export function proposalOf(place: Place, services: readonly CodeableConcept[], patient: string | null): Appointment {
  const { specialty } = place.slot;
  return {
    resourceType: 'Appointment',
    status: 'proposed',
    ...(services.length > 0 ? { serviceType: [...services] } : {}),
    ...(specialty ? { specialty } : {}),
    ...timesOf(place),
    participant: [
      ...(patient === null
        ? []
        : [{ actor: { reference: `Patient/${patient}` }, required: 'required', status: 'needs-action' } as const]),
      ...actorsOf(place, 'needs-action'),
    ],
  };
}

type Made = {
  id: string;
  status: 'pending' | 'booked';
  patient: string;
  services: readonly CodeableConcept[];
  /** What stands before the paths of the tenant. */
  root: string;
  /** What visits by video are held with where the Appointment does not say. */
  provider: ProviderId;
  now: number;
};

const channels: Readonly<Record<ProviderId, { channel: Channel; maxParticipants: number }>> = {
  p2p: { channel: 'webrtc-p2p', maxParticipants: 4 },
  livekit: { channel: 'livekit', maxParticipants: 20 },
};

/** What a visit is held with: as the Appointment asks, else as the tenant has it. */
function channelOf(sent: Appointment, provider: ProviderId): (typeof channels)[ProviderId] {
  const extension = Array.isArray(sent.extension) ? sent.extension : [];
  const asked = readVirtualService({ extension })?.channel?.code;
  return Object.values(channels).find(({ channel }) => channel === asked) ?? channels[provider];
}

/** What somebody may say of an Appointment that they book; all else the server knows better. */
const kept = [
  ...['meta', 'language', 'identifier', 'serviceCategory', 'specialty', 'appointmentType', 'reasonCode'],
  ...[
    'reasonReference',
    'priority',
    'description',
    'supportingInformation',
    'comment',
    'patientInstruction',
    'basedOn',
  ],
] as const;

/** Those of whom a patient says that they come along. */
const companions = ({ participant = [] }: Appointment): AppointmentParticipant[] =>
  participant.filter(({ actor }) => actor?.reference?.startsWith('RelatedPerson/'));

/** The Appointment as it will be stored, of what was sent and what the Slot says. */
export function appointmentOf(sent: Appointment, place: Place, made: Made): Appointment & { id: string } {
  const { id, status, patient, services, root, provider, now } = made;
  const extension = [
    ...withoutVirtualService(Array.isArray(sent.extension) ? sent.extension : []),
    ...(isVideo(services) ? [virtualService('Appointment', root, id, channelOf(sent, provider))] : []),
  ];
  const answered: Status = status === 'booked' ? 'accepted' : 'tentative';
  const said = Object.fromEntries(kept.flatMap((name) => (sent[name] === undefined ? [] : [[name, sent[name]]])));
  return {
    resourceType: 'Appointment',
    ...said,
    id,
    ...(extension.length > 0 ? { extension } : {}),
    status,
    ...(services.length > 0 ? { serviceType: [...services] } : {}),
    ...timesOf(place),
    created: new Date(now).toISOString(),
    participant: [
      { actor: { reference: `Patient/${patient}` }, required: 'required', status: answered },
      ...companions(sent),
      ...actorsOf(place, answered),
    ],
  };
}
