import type { Language } from '../../pages/language.ts';

/** Why somebody sees a record, as kinds of what says so. */
export type Ground =
  | 'own record'
  | 'emergency'
  | 'general practitioner'
  | 'registered by the operator'
  | 'Consent'
  | 'CareTeam'
  | 'Appointment'
  | 'Encounter'
  | 'Task'
  | 'RelatedPerson'
  | 'Coverage'
  | 'Patient'
  | 'PractitionerRole';

type WhoWords = {
  title: string;
  lead: string;
  none: string;
  count: (count: number) => string;
  everything: string;
  most: string;
  kinds: string;
  some: (kinds: string) => string;
  sensitive: (matters: string) => string;
  why: string;
  what: string;
  until: string;
  used: string;
  never: string;
  grounds: Readonly<Record<Ground, string>>;
  other: string;
  consent: string;
  change: string;
};

export const whoWords: Readonly<Record<Language, WhoWords>> = {
  en: {
    title: 'Who can see my record',
    lead: 'As things stand at this moment: everybody who could look at something of your record, and what makes it so. That somebody could does not say that they did.',
    none: 'Nobody but you can see your record.',
    count: (count) => (count === 1 ? 'One person or system' : `${count} persons and systems`),
    everything: 'Everything, but for what is sensitive',
    most: 'Almost everything',
    kinds: 'Which kinds',
    some: (kinds) => `Some of: ${kinds}`,
    sensitive: (matters) => `What is sensitive as well: ${matters}`,
    why: 'Why',
    what: 'What',
    until: 'Until',
    used: 'Last used',
    never: 'not yet',
    grounds: {
      'own record': 'it is your own record',
      emergency: 'an emergency: you were told',
      'general practitioner': 'they are your family doctor',
      'registered by the operator': 'this server works with them',
      Consent: 'you allowed it',
      CareTeam: 'they are in your care team',
      Appointment: 'you have an appointment with them',
      Encounter: 'you were there for a visit',
      Task: 'they look after a request of yours',
      RelatedPerson: 'they help you with your record',
      Coverage: 'they insure you',
      Patient: 'they are named in your record',
      PractitionerRole: 'they work there',
    },
    other: 'the rules of this server',
    consent: 'See the consent',
    change: 'To keep somebody away, or to allow something, go to your consents.',
  },
  fr: {
    title: 'Qui peut voir mon dossier',
    lead: 'En ce moment même : toutes les personnes qui pourraient consulter quelque chose de votre dossier, et en vertu de quoi. Pouvoir le faire ne veut pas dire l’avoir fait.',
    none: 'Personne d’autre que vous ne peut voir votre dossier.',
    count: (count) => (count === 1 ? 'Une personne ou un système' : `${count} personnes et systèmes`),
    everything: 'Tout, sauf ce qui est sensible',
    most: 'Presque tout',
    kinds: 'Quelles catégories',
    some: (kinds) => `Une partie de : ${kinds}`,
    sensitive: (matters) => `Aussi ce qui est sensible : ${matters}`,
    why: 'Pourquoi',
    what: 'Quoi',
    until: 'Jusqu’au',
    used: 'Dernière utilisation',
    never: 'pas encore',
    grounds: {
      'own record': 'c’est votre propre dossier',
      emergency: 'une urgence : vous en avez été informé',
      'general practitioner': 'c’est votre médecin de famille',
      'registered by the operator': 'ce serveur travaille avec eux',
      Consent: 'vous l’avez permis',
      CareTeam: 'fait partie de votre équipe de soins',
      Appointment: 'vous y avez un rendez-vous',
      Encounter: 'vous y êtes venu en consultation',
      Task: 's’occupe d’une de vos demandes',
      RelatedPerson: 'vous aide avec votre dossier',
      Coverage: 'vous assure',
      Patient: 'est nommé dans votre dossier',
      PractitionerRole: 'y travaille',
    },
    other: 'les règles de ce serveur',
    consent: 'Voir le consentement',
    change: 'Pour refuser un accès, ou en permettre un, allez à vos consentements.',
  },
};
