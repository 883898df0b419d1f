import type { Language } from '../../pages/language.ts';

type HoldsWords = {
  standing: string;
  since: (day: string) => string;
  until: (day: string) => string;
  open: string;
  sealed: string;
  release: string;
  of: (name: string) => string;
  set: string;
  patient: string;
  patientHint: string;
  matter: string;
  matterHint: string;
  end: string;
  endHint: string;
  seal: string;
  place: string;
  wrong: { patient: string; matter: string; end: string };
};

export const holdsWords: Readonly<Record<Language, HoldsWords>> = {
  en: {
    standing: 'Holds that stand',
    since: (day) => `since ${day}`,
    until: (day) => `until ${day}`,
    open: 'until it is released',
    sealed: 'Sealed: nobody is told',
    release: 'Release',
    of: (name) => `the hold on the record of ${name}`,
    set: 'Hold a record',
    patient: 'Id of the patient',
    patientHint: 'As it stands in the order: the id of the Patient here.',
    matter: 'What for',
    matterHint: 'The court or authority, and the number of the matter.',
    end: 'Until',
    endHint: 'The last day. Leave it empty, and it stands until it is released.',
    seal: 'Sealed: neither the patient nor anybody else is told of it',
    place: 'Hold the record',
    wrong: { patient: 'Give the id of a patient.', matter: 'Say what it is for.', end: 'Choose a day from today on.' },
  },
  fr: {
    standing: 'Conservations en cours',
    since: (day) => `depuis le ${day}`,
    until: (day) => `jusqu’au ${day}`,
    open: 'jusqu’à sa levée',
    sealed: 'Sous scellés : personne n’en est informé',
    release: 'Lever',
    of: (name) => `la conservation du dossier de ${name}`,
    set: 'Conserver un dossier',
    patient: 'Identifiant du patient',
    patientHint: 'Tel qu’il figure dans l’ordre : l’identifiant du Patient ici.',
    matter: 'Pour quoi',
    matterHint: 'Le tribunal ou l’autorité, et le numéro de l’affaire.',
    end: 'Jusqu’au',
    endHint: 'Le dernier jour. Laissez vide pour qu’elle vaille jusqu’à sa levée.',
    seal: 'Sous scellés : ni le patient ni personne d’autre n’en est informé',
    place: 'Conserver le dossier',
    wrong: {
      patient: 'Donnez l’identifiant d’un patient.',
      matter: 'Dites pour quoi.',
      end: 'Choisissez un jour à partir d’aujourd’hui.',
    },
  },
};
