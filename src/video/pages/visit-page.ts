/** What a page tells its script of the visit that it is of. */
export type VisitPage = {
  language: 'en' | 'fr';
  /**
   * `host`: treats, by the Appointment; `colleague`: treats, and was asked to it; `helper`: somebody beside the patient who is
   * signed in; `guest`: came by a link.
   */
  as: 'host' | 'colleague' | 'patient' | 'helper' | 'guest';
  csrf: string;
  /** What stands before the paths of a tenant: nothing, or `/t/2`. */
  root: string;
  /** Who opened it: `Patient/1`; empty for guests. */
  self: string;
  /** The id of the Appointment; null: for guests, who are told of nothing but the visit. */
  appointment: string | null;
  /** Whom one meets: the name of who treats, for hosts that of the patient. */
  withWhom: string;
  /** Of the patient, for hosts: YYYY-MM-DD. */
  birthDate: string | null;
  /** `Patient/1`: whose visit it is; null: not told, to guests. */
  patient: string | null;
  /** Instants; null: not told. */
  startsAt: string | null;
  /** From when one may come in. */
  opensAt: string | null;
  /** The time of the server, an instant, for clocks that are wrong. */
  now: string;
  /** What to call if all else fails. */
  phone: string | null;
  /** Where livekit-client is. */
  livekit: string;
  /** What the patient measures with. */
  devices: readonly { reference: string; name: string }[];
};
