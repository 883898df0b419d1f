/** What a page tells its script of the visit that it is of. */
export type VisitPage = {
  language: 'en' | 'fr';
  /** `helper`: somebody beside the patient who is signed in; `guest`: came by a link. */
  as: 'host' | 'patient' | 'helper' | 'guest';
  csrf: string;
  /** What stands before the paths of a tenant: nothing, or `/t/2`. */
  root: string;
  /** The id of the Appointment; null: for guests, who are told of nothing but the visit. */
  appointment: string | null;
  /** Whom one meets: the name of who treats, for hosts that of the patient. */
  withWhom: string;
  /** Of the patient, for hosts: YYYY-MM-DD. */
  birthDate: string | null;
  /** References of the patient, for hosts. */
  patient: string | null;
  /** Instants; null: not told. */
  startsAt: string | null;
  endsAt: string | null;
  /** From when one may come in. */
  opensAt: string | null;
  /** The time of the server, an instant, for clocks that are wrong. */
  now: string;
  /** What to call if all else fails. */
  phone: string | null;
  /** Where livekit-client is. */
  livekit: string;
  /** What the patient measures with, for hosts. */
  devices: readonly { reference: string; name: string }[];
};
