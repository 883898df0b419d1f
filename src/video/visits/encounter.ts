import type { Encounter, Location } from '@medplum/fhirtypes';

import { virtualService } from '../../fhir/virtual-service.ts';
import type { Visit } from './visit.ts';

/** A place that nobody goes to, as a part of the Encounter. */
const place: Location & { id: string } = {
  resourceType: 'Location',
  id: 'video',
  name: 'Video visit',
  mode: 'instance',
  physicalType: {
    coding: [
      { system: 'http://terminology.hl7.org/CodeSystem/location-physical-type', code: 'vi', display: 'Virtual' },
    ],
  },
};

export const virtualPlace = `#${place.id}`;

/** The Encounter of a visit that nobody has come to yet. @param root what stands before the paths of the tenant */
export function encounterOf(
  visit: Visit,
  appointment: string,
  hosts: readonly string[],
  root: string,
): Encounter & { id: string } {
  const encounter = {
    resourceType: 'Encounter',
    id: visit.encounter,
    contained: [place],
    extension: [
      virtualService('Encounter', root, appointment, {
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
    appointment: [{ reference: `Appointment/${appointment}` }],
    location: [{ location: { reference: virtualPlace }, status: 'planned' }],
  };
  return encounter as Encounter & { id: string }; // its members are as the specification has them; the validator is asked in a test
}
