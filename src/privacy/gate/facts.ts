import type { Caller, Denial, Rows } from '../../fhir/access.ts';
import type { PartyFacts } from '../parties/facts.ts';

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
  /** Ids of the caller's own open Tasks. */
  tasks?: readonly string[];
  /** Patients whose glass the caller has broken, not longer ago than four hours. */
  emergencies: readonly { patient: string; reason: string }[];
};

/** A patient whose age bears on what their guardian, the caller, may see. */
export type Ward = { patient: string; age: 'child' | 'adolescent' | 'adult' };

/** What a machine client was registered for, beside its scopes: the least that it needs. */
export type Registration = {
  types: ReadonlySet<string>;
  /** `Claim.status`; of a type of which none is named it is shown all. */
  elements: readonly string[];
};

/** What bears on a caller beside their token. What is read of it is good until the epoch of the tenant moves, or `until`. */
export type Facts = {
  consents: readonly ConsentEffect[];
  duties: Duties;
  /** The patients who are under a guardianship of the caller. */
  wards?: readonly Ward[];
  /** Of a client that was registered for some types only. */
  registration?: Registration | null;
  /** Of a carrier, a service provider, or who pays for others. */
  parties?: PartyFacts;
  /** ms since 1970 when something in it begins or ends by itself. */
  until: number;
};

export type ReadFacts = (caller: Caller) => Promise<Facts>;

export const noFacts: Facts = {
  consents: [],
  duties: { assigned: [], emergencies: [] },
  until: Number.POSITIVE_INFINITY,
};
