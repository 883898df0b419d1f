import type { Language } from '../../pages/language.ts';

export type EhrLaunchWords = {
  title: string;
  lead: string;
  leadApp: (app: string) => string;
  nobody: string;
  forWhom: (name: string) => string;
  sought: string;
  hint: string;
  find: string;
  list: string;
  none: string;
  choose: (name: string) => string;
  unnamed: string;
  born: (date: string) => string;
  more: string;
  first: string;
  startTitle: (patient: string) => string;
  app: string;
  noApp: string;
  visit: string;
  noVisit: string;
  intent: string;
  intentHint: string;
  besides: string;
  start: string;
  newTab: string;
  other: string;
  demoTitle: string;
  demoLead: (name: string) => string;
  demoLink: string;
  problems: { app: string; patient: string; visit: string; refused: string };
};

const en: EhrLaunchWords = {
  title: 'Start an app with a patient',
  lead: 'Choose the patient first. The app is then opened with them.',
  leadApp: (app) => `Choose the patient with whom ${app} is started.`,
  nobody: 'There is nobody whose record you may see.',
  forWhom: (name) => `It is started for ${name}.`,
  sought: 'Name or birth date',
  hint: 'The beginning of a name, or a date such as 1961-03-09.',
  find: 'Search',
  list: 'Patients',
  none: 'Nobody was found.',
  choose: (name) => `Choose ${name}`,
  unnamed: 'A patient without a name',
  born: (date) => `born ${date}`,
  more: 'More patients',
  first: 'From the beginning',
  startTitle: (patient) => `Start an app with ${patient}`,
  app: 'App',
  noApp: 'There is no app that can be started from here: none is registered with a launch address.',
  visit: 'Visit',
  noVisit: 'No visit',
  intent: 'What for',
  intentHint: 'A word that the app knows, such as reconcile-medications. It may be left out.',
  besides: 'Open with it',
  start: 'Start',
  newTab: 'It opens in a new tab.',
  other: 'Another patient',
  demoTitle: 'The app can be started',
  demoLead: (name) =>
    `Open this address in a private window within 5 minutes, and sign in as ${name}. It is good once.`,
  demoLink: 'Address',
  problems: {
    app: 'Choose an app that can be started from here.',
    patient: 'Choose one of the patients.',
    visit: 'Choose one of the visits of this patient.',
    refused: 'The app could not be started with this.',
  },
};

const fr: EhrLaunchWords = {
  title: 'Démarrer une application avec un patient',
  lead: 'Choisissez d’abord le patient. L’application est ensuite ouverte avec lui.',
  leadApp: (app) => `Choisissez le patient avec qui ${app} est démarrée.`,
  nobody: 'Il n’y a personne dont vous puissiez voir le dossier.',
  forWhom: (name) => `Elle est démarrée pour ${name}.`,
  sought: 'Nom ou date de naissance',
  hint: 'Le début d’un nom, ou une date comme 1961-03-09.',
  find: 'Chercher',
  list: 'Patients',
  none: 'Personne n’a été trouvé.',
  choose: (name) => `Choisir ${name}`,
  unnamed: 'Un patient sans nom',
  born: (date) => `date de naissance : ${date}`,
  more: 'Autres patients',
  first: 'Depuis le début',
  startTitle: (patient) => `Démarrer une application avec ${patient}`,
  app: 'Application',
  noApp: 'Aucune application ne peut être démarrée d’ici : aucune n’a d’adresse de démarrage.',
  visit: 'Consultation',
  noVisit: 'Aucune',
  intent: 'Pour quoi faire',
  intentHint: 'Un mot que l’application connaît, comme reconcile-medications. Facultatif.',
  besides: 'À ouvrir avec',
  start: 'Démarrer',
  newTab: 'Elle s’ouvre dans un nouvel onglet.',
  other: 'Un autre patient',
  demoTitle: 'L’application peut être démarrée',
  demoLead: (name) =>
    `Ouvrez cette adresse dans une fenêtre privée dans les 5 minutes, et connectez-vous comme ${name}. Elle sert une fois.`,
  demoLink: 'Adresse',
  problems: {
    app: 'Choisissez une application qui peut être démarrée d’ici.',
    patient: 'Choisissez l’un des patients.',
    visit: 'Choisissez l’une des consultations de ce patient.',
    refused: 'L’application n’a pas pu être démarrée ainsi.',
  },
};

export const ehrLaunchWords: Readonly<Record<Language, EhrLaunchWords>> = { en, fr };
