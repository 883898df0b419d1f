/** pending: begun and not yet agreed to; expired: the vendor takes our token no more; revoked: ended by the patient. */
export type ConnectionState = 'pending' | 'active' | 'expired' | 'revoked';

/** What a patient has connected: an account at a vendor, an app, or a gateway that sends for devices. */
export type Connection = {
  tenant: number;
  id: string;
  patient: string;
  kind: 'vendor' | 'app' | 'gateway';
  /** Who sends, the same after a reconnection: `vendor:withings`, `app:<client>`, `gateway:<client>`. Part of each reading's identity. */
  source: string;
  name: string;
  state: ConnectionState;
  /** Ids of resources; null while pending. */
  consent: string | null;
  device: string | null;
  statement: string | null;
  /** Ids of the measures that it may bring; null: whichever. */
  measures: readonly string[] | null;
  /** Of sources that overlap a summary is made of the lowest. */
  priority: number;
  /** ms since 1970. */
  lastSync: number | null;
  lastReading: number | null;
  /** Why the last attempt failed, a word of ours; null: it did not. */
  problem: string | null;
  createdAt: number;
  endedAt: number | null;
};
