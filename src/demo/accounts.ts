import { practitioners } from './data/clinics.ts';
import { relatedPersons } from './people.ts';
import { people } from './world.ts';

/** Somebody of the demo world who can sign in; their name there is the id of their record. */
export type DemoAccount = { username: string; displayName: string; fhirUser: string; roles: readonly [] };

const account = (type: 'Patient' | 'Practitioner' | 'RelatedPerson', id: string, displayName: string): DemoAccount => ({
  username: id,
  displayName,
  fhirUser: `${type}/${id}`,
  roles: [],
});

/** Every patient of age, every practitioner, and whoever helps somebody with their record. */
export const demoAccounts: readonly DemoAccount[] = [
  ...people.filter(({ age }) => age >= 18).map(({ id, name }) => account('Patient', id, name)),
  ...practitioners.map(({ id, prefix, given, family }) => account('Practitioner', id, `${prefix} ${given} ${family}`)),
  ...people.flatMap((one) =>
    relatedPersons(one).map(({ id = '', name }) => account('RelatedPerson', id, `${name?.[0]?.text} (${one.name})`)),
  ),
];
