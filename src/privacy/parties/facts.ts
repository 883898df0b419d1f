/** What somebody is called, as far as they say it: the first of the given names. */
export type PersonName = { given: string | null; family: string | null };

/** What other parties have to do with whom, at the moment. What does not bear on a class of actors is empty. */
export type PartyFacts = {
  /** Ids of Patients: the members of a carrier; those whose plan the caller holds. */
  members: readonly string[];
  /** `Coverage/1`: what makes them so. */
  coverages: readonly string[];
  /** What is a service provider's, as references: `Organization/1`, its services, places and roles. */
  places: readonly string[];
  /** Who has booked there, by the id of the Patient. */
  names: ReadonlyMap<string, PersonName>;
};

export const noParties: PartyFacts = { members: [], coverages: [], places: [], names: new Map() };
