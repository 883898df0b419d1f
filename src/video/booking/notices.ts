import type { Appointment, Communication } from '@medplum/fhirtypes';

import { noticeOf } from '../../privacy/requests/notices.ts';
import { isVideo } from './services.ts';

const sentences = {
  booked: (when: string) => `was booked for ${when}.`,
  rescheduled: (when: string) => `was put off to ${when}.`,
  'cancelled by the patient': (when: string) => `of ${when} was cancelled by the patient.`,
  'cancelled by the clinic': (when: string) => `of ${when} was cancelled by the clinic.`,
} as const;

/** What is said of an Appointment to those who take part in it. */
export type Said = keyof typeof sentences;

/** Tells the patient and those who treat them; of why there is nothing in it. */
export function announcement(
  appointment: Appointment & { id: string },
  patient: string,
  said: Said,
  { id, now }: { id: string; now: number },
): Communication & { id: string } {
  const { start = '', serviceType = [], participant } = appointment;
  const what = isVideo(serviceType) ? 'A visit by video' : 'A visit';
  const day = `${start.slice(0, 10)} at ${start.slice(11, 16)} (UTC${start.slice(19).replace('Z', '')})`;
  const about = `Appointment/${appointment.id}`;
  const notice = noticeOf(
    { tenant: 0, patient, recipient: `Patient/${patient}`, about, text: `${what} ${sentences[said](day)}` },
    now,
  );
  const others = participant.flatMap(({ actor }) =>
    actor?.reference?.startsWith('Practitioner/') ? [{ reference: actor.reference }] : [],
  );
  return { ...notice, id, recipient: [...(notice.recipient ?? []), ...others] };
}
