import type { Extension } from '@medplum/fhirtypes';

import { systems } from './shapes.ts';

const url = 'http://hl7.org/fhir/5.0/StructureDefinition/extension-Appointment.virtualService';

/**
 * Where a visit by video takes place: R5's Appointment.virtualService, as an extension in R4. The address is stable and
 * asks who you are; there is no secret in it.
 *
 * @see https://hl7.org/fhir/R5/appointment-definitions.html#Appointment.virtualService
 */
export const virtualService = (origin: string, appointmentId: string): Extension => ({
  url,
  extension: [
    {
      url: 'channelType',
      valueCoding: {
        system: `${systems.demo}virtual-service-type`,
        code: 'webrtc-p2p',
        display: 'Video in the browser',
      },
    },
    { url: 'address', valueUrl: `${origin}/video/${appointmentId}` },
    { url: 'maxParticipants', valuePositiveInt: 4 },
  ],
});
