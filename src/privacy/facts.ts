import type { Caller, Denial, Rows } from '../fhir/access.ts';

/**
 * What one active Consent does for one caller, here and now: it is about them, for what they act, within its period. Made by
 * consents.ts; of a Consent that does not bear on the caller there is none.
 *
 * @see https://profiles.ihe.net/ITI/PCF/
 */
export type ConsentEffect = {
  /** `Consent/1` */
  consent: string;
  /** The id of the patient whose consent it is. */
  patient: string;
  /** Rows that it gives, by type; `*` is every type of the compartment. A rule of rows without `having` opens no labels. */
  permits: ReadonlyMap<string, readonly Rows[]>;
  /** Security labels, as bits, that it opens in what the caller may see of this patient. */
  opens: number;
  /** Rows that it takes, by type; `*` likewise. */
  denials: ReadonlyMap<string, readonly Denial[]>;
  /** Whether it is a permission to break the glass only: it counts in an emergency. */
  emergencyOnly: boolean;
};

/** What a caller has to do at the moment, beside what their reach says. */
export type Duties = {
  /** Ids of the patients whose open Task, or other assignment, is the caller's. */
  assigned: readonly string[];
  /** Patients whose glass the caller has broken, not longer ago than four hours. */
  emergencies: readonly { patient: string; reason: string }[];
};

/** What bears on a caller beside their token. What is read of it is good until the epoch of the tenant moves, or `until`. */
export type Facts = {
  consents: readonly ConsentEffect[];
  duties: Duties;
  /** ms since 1970 when something in it begins or ends by itself. */
  until: number;
};

export type ReadFacts = (caller: Caller) => Promise<Facts>;

export const noFacts: Facts = {
  consents: [],
  duties: { assigned: [], emergencies: [] },
  until: Number.POSITIVE_INFINITY,
};
