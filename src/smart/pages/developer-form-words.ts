import type { Language } from '../../pages/language.ts';
import type { Records } from '../developer/developer-scopes.ts';

type FormWords = {
  register: (kind: string) => string;
  edit: (app: string) => string;
  back: string;
  name: string;
  nameHint: string;
  redirects: string;
  redirectsHint: string;
  launch: string;
  launchHint: string;
  site: string;
  siteHint: string;
  keys: string;
  jwks: string;
  jwksHint: string;
  jwksUri: string;
  scopes: string;
  scopesHint: string;
  records: string;
  recordsOf: Readonly<Record<Exclude<Records, 'system'>, string>>;
  type: string;
  read: string;
  write: string;
  more: string;
  also: string;
  alsoOf: Readonly<Record<string, string>>;
  rest: string;
  restHint: string;
  approval: string;
  save: string;
  add: string;
};

export const developerFormWords: Readonly<Record<Language, FormWords>> = {
  en: {
    register: (kind) => `Register: ${kind}`,
    edit: (app) => `Change ${app}`,
    back: 'Back',
    name: 'Name',
    nameHint: 'People see it when they are asked to let the app in.',
    redirects: 'Redirect addresses',
    redirectsHint: 'Where people come back to, one on each line, letter by letter as the app sends it.',
    launch: 'Launch address',
    launchHint: 'Where the app is started from here. It may be left out.',
    site: 'Website',
    siteHint: 'It may be left out.',
    keys: 'Public keys: one of the two',
    jwks: 'Key set',
    jwksHint: 'JSON Web Keys (JWKS), with public keys only: RS384 or ES384.',
    jwksUri: 'Address of a key set',
    scopes: 'What it may ask for',
    scopesHint: 'People can give it less than this, never more.',
    records: 'Whose records?',
    recordsOf: {
      patient: 'The record of one patient',
      user: 'All records that its user may see',
      both: 'Both of these',
    },
    type: 'What',
    read: 'Read',
    write: 'Write',
    more: 'More kinds of data',
    also: 'Besides',
    alsoOf: {
      launch: 'Be started from here, with what is open',
      'launch/patient': 'Have a patient chosen when it is started by itself',
      'launch/encounter': 'Have a visit chosen when it is started by itself',
    },
    rest: 'Other scopes',
    restHint: 'As they are written, with spaces between. For example patient/Observation.rs?category=laboratory',
    approval: 'A service sees the records of everybody. After each change the operator has to let it in again.',
    save: 'Save',
    add: 'Register',
  },
  fr: {
    register: (kind) => `Enregistrer : ${kind}`,
    edit: (app) => `Modifier ${app}`,
    back: 'Retour',
    name: 'Nom',
    nameHint: 'Les gens le voient quand on leur demande d’autoriser l’application.',
    redirects: 'Adresses de retour',
    redirectsHint: 'Où l’on revient, une par ligne, lettre pour lettre comme l’application l’envoie.',
    launch: 'Adresse de démarrage',
    launchHint: 'Où l’application est démarrée depuis ce serveur. Facultatif.',
    site: 'Site web',
    siteHint: 'Facultatif.',
    keys: 'Clés publiques : l’un des deux',
    jwks: 'Jeu de clés',
    jwksHint: 'JSON Web Keys (JWKS), avec des clés publiques seulement : RS384 ou ES384.',
    jwksUri: 'Adresse d’un jeu de clés',
    scopes: 'Ce qu’elle peut demander',
    scopesHint: 'On peut lui donner moins que cela, jamais plus.',
    records: 'Les dossiers de qui ?',
    recordsOf: {
      patient: 'Le dossier d’un patient',
      user: 'Tous les dossiers que la personne peut voir',
      both: 'Les deux',
    },
    type: 'Quoi',
    read: 'Lire',
    write: 'Écrire',
    more: 'Autres genres de données',
    also: 'En plus',
    alsoOf: {
      launch: 'Être démarrée d’ici, avec ce qui est ouvert',
      'launch/patient': 'Faire choisir un patient quand elle démarre seule',
      'launch/encounter': 'Faire choisir une consultation quand elle démarre seule',
    },
    rest: 'Autres permissions (scopes)',
    restHint: 'Telles quelles, séparées par des espaces. Par exemple patient/Observation.rs?category=laboratory',
    approval:
      'Un service voit les dossiers de tout le monde. Après chaque modification, l’opérateur doit l’admettre à nouveau.',
    save: 'Enregistrer',
    add: 'Enregistrer l’application',
  },
};

type ProblemWords = Readonly<Record<'name' | 'redirects' | 'launch' | 'site' | 'jwks' | 'jwksUri' | 'rest', string>>;

/** What is said under a field that is wrong. */
export const developerProblems: Readonly<Record<Language, ProblemWords>> = {
  en: {
    name: 'Give the app a name.',
    redirects:
      'Give at least one address. Each must begin with https, with http://127.0.0.1, or with a scheme that has a dot, such as com.example.app:/back. No # and no *.',
    launch: 'This must be an https address, or http on 127.0.0.1.',
    site: 'This must be an https address, or http on 127.0.0.1.',
    jwks: 'Give either a key set as JSON, with public keys only, or its address.',
    jwksUri: 'This must be an https address.',
    rest: 'Check the scopes.',
  },
  fr: {
    name: 'Donnez un nom à l’application.',
    redirects:
      'Donnez au moins une adresse. Chacune doit commencer par https, par http://127.0.0.1 ou par un schéma avec un point, comme com.example.app:/retour. Sans # ni *.',
    launch: 'Il faut une adresse https, ou http sur 127.0.0.1.',
    site: 'Il faut une adresse https, ou http sur 127.0.0.1.',
    jwks: 'Donnez soit un jeu de clés en JSON, avec des clés publiques seulement, soit son adresse.',
    jwksUri: 'Il faut une adresse https.',
    rest: 'Vérifiez les permissions.',
  },
};
