import type { Language } from '../../pages/language.ts';
import type { Kind } from '../developer-form.ts';
import type { Records } from '../developer-scopes.ts';
import type { Role } from '../user.ts';

type KindWords = { name: string; text: string };

export type DeveloperWords = {
  home: {
    title: string;
    lead: string;
    register: string;
    none: string;
    addresses: string;
    fhir: string;
    smart: string;
    places: string;
    account: string;
    pageOf: Readonly<Record<Role, string>>;
    launch: string;
  };
  kinds: Readonly<Record<Kind, KindWords>>;
  states: { on: string; off: string; waiting: string };
  never: string;
  choose: { title: string; lead: string };
  form: {
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
  problems: Readonly<Record<'name' | 'redirects' | 'launch' | 'site' | 'jwks' | 'jwksUri' | 'rest', string>>;
  app: {
    back: string;
    registered: string;
    saved: string;
    waiting: string;
    off: string;
    facts: string;
    clientId: string;
    kind: string;
    issuer: string;
    fhir: string;
    scopes: string;
    redirects: string;
    launch: string;
    none: string;
    lastUsed: string;
    edit: string;
    newSecret: string;
    newSecretLead: string;
    makeSecret: string;
    secretOnce: string;
    secret: string;
    disable: string;
    disableLead: string;
    disableNow: string;
  };
  simulator: {
    title: string;
    lead: string;
    patient: string;
    patientLead: string;
    practitioner: string;
    practitionerLead: string;
    open: string;
    ehr: string;
    ehrLead: string;
    choose: string;
    noLaunch: string;
    nobody: string;
    demo: string;
    as: (name: string) => string;
    service: string;
    newTab: string;
  };
};

const en: DeveloperWords = {
  home: {
    title: 'Your apps',
    lead: 'Register an app, try it against this server, and see why it was refused.',
    register: 'Register an app',
    none: 'You have no app yet.',
    addresses: 'Where this server is',
    fhir: 'FHIR base',
    smart: 'SMART configuration',
    places: 'Other pages',
    account: 'Your account',
    pageOf: { developer: 'Your apps', operator: 'The operator’s page' },
    launch: 'Start an app with a patient',
  },
  kinds: {
    public: { name: 'Browser or phone app', text: 'Runs where its user is. It can keep no secret, and needs none.' },
    secret: { name: 'Web app with a secret', text: 'Has a server of its own, which keeps a secret.' },
    key: {
      name: 'Web app with a key',
      text: 'Has a server of its own, which signs with a private key. Safer than a secret.',
    },
    service: {
      name: 'Service without people',
      text: 'Works on its own, at night for example. The operator has to let it in.',
    },
  },
  states: { on: 'Ready', off: 'Disabled', waiting: 'Waiting for the operator' },
  never: 'never used',
  choose: { title: 'What kind of app is it?', lead: 'It says how the app shows who it is.' },
  form: {
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
  problems: {
    name: 'Give the app a name.',
    redirects:
      'Give at least one address. Each must begin with https, with http://127.0.0.1, or with a scheme that has a dot, such as com.example.app:/back. No # and no *.',
    launch: 'This must be an https address, or http on 127.0.0.1.',
    site: 'This must be an https address, or http on 127.0.0.1.',
    jwks: 'Give either a key set as JSON, with public keys only, or its address.',
    jwksUri: 'This must be an https address.',
    rest: 'Check the scopes.',
  },
  app: {
    back: 'All your apps',
    registered: 'The app is registered.',
    saved: 'The changes are saved.',
    waiting: 'This service cannot get tokens before the operator has let it in.',
    off: 'This app is disabled: it gets no tokens, and those that it had have ended.',
    facts: 'Its values',
    clientId: 'Client id',
    kind: 'Kind',
    issuer: 'Issuer',
    fhir: 'FHIR base',
    scopes: 'Scopes',
    redirects: 'Redirect addresses',
    launch: 'Launch address',
    none: 'none',
    lastUsed: 'Last use',
    edit: 'Change',
    newSecret: 'New secret',
    newSecretLead: 'The secret that the app has now will be refused at once.',
    makeSecret: 'Make a new secret',
    secretOnce: 'This is the secret of the app. It is shown this once: keep it now, on its server and nowhere else.',
    secret: 'Client secret',
    disable: 'Disable this app',
    disableLead: 'It gets no more tokens, and all that people let it do ends at once. Only the operator can undo it.',
    disableNow: 'Disable it now',
  },
  simulator: {
    title: 'Try it',
    lead: 'Start the app in each of the ways in which people will.',
    patient: 'As a patient',
    patientLead:
      'The app starts by itself and sends its user here to sign in. Open this address in a private window, and sign in as a patient.',
    practitioner: 'As a practitioner',
    practitionerLead: 'The same address. Sign in as a practitioner; you are asked for the patient.',
    open: 'Start it by itself',
    ehr: 'From a health record',
    ehrLead: 'Choose a patient and a visit. The app is opened with them, as a health record would do it.',
    choose: 'Choose a patient',
    noLaunch: 'Give the app a launch address to try this.',
    nobody:
      'Your account may see nobody’s record, so there is no patient to start the app with. Ask the operator to link your account.',
    demo: 'In this demo you can start it for one of its practitioners. Then sign in as them, in a private window.',
    as: (name) => `For ${name}`,
    service: 'A service has no people: run the sample code.',
    newTab: '(opens in a new tab)',
  },
};

const fr: DeveloperWords = {
  home: {
    title: 'Vos applications',
    lead: 'Enregistrez une application, essayez-la avec ce serveur et voyez pourquoi elle a été refusée.',
    register: 'Enregistrer une application',
    none: 'Vous n’avez pas encore d’application.',
    addresses: 'Où se trouve ce serveur',
    fhir: 'Base FHIR',
    smart: 'Configuration SMART',
    places: 'Autres pages',
    account: 'Votre compte',
    pageOf: { developer: 'Vos applications', operator: 'La page de l’opérateur' },
    launch: 'Démarrer une application avec un patient',
  },
  kinds: {
    public: {
      name: 'Application de navigateur ou de téléphone',
      text: 'Tourne chez la personne qui s’en sert. Elle ne peut garder aucun secret et n’en a pas besoin.',
    },
    secret: { name: 'Application web avec un secret', text: 'A son propre serveur, qui garde un secret.' },
    key: {
      name: 'Application web avec une clé',
      text: 'A son propre serveur, qui signe avec une clé privée. Plus sûr qu’un secret.',
    },
    service: {
      name: 'Service sans personne',
      text: 'Travaille seul, la nuit par exemple. L’opérateur doit l’admettre.',
    },
  },
  states: { on: 'Prête', off: 'Désactivée', waiting: 'En attente de l’opérateur' },
  never: 'jamais utilisée',
  choose: {
    title: 'De quel genre d’application s’agit-il ?',
    lead: 'Le genre dit comment l’application montre qui elle est.',
  },
  form: {
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
  problems: {
    name: 'Donnez un nom à l’application.',
    redirects:
      'Donnez au moins une adresse. Chacune doit commencer par https, par http://127.0.0.1 ou par un schéma avec un point, comme com.example.app:/retour. Sans # ni *.',
    launch: 'Il faut une adresse https, ou http sur 127.0.0.1.',
    site: 'Il faut une adresse https, ou http sur 127.0.0.1.',
    jwks: 'Donnez soit un jeu de clés en JSON, avec des clés publiques seulement, soit son adresse.',
    jwksUri: 'Il faut une adresse https.',
    rest: 'Vérifiez les permissions.',
  },
  app: {
    back: 'Toutes vos applications',
    registered: 'L’application est enregistrée.',
    saved: 'Les modifications sont enregistrées.',
    waiting: 'Ce service ne reçoit pas de jetons tant que l’opérateur ne l’a pas admis.',
    off: 'Cette application est désactivée : elle ne reçoit plus de jetons, et ceux qu’elle avait ont pris fin.',
    facts: 'Ses valeurs',
    clientId: 'Identifiant (client id)',
    kind: 'Genre',
    issuer: 'Émetteur',
    fhir: 'Base FHIR',
    scopes: 'Permissions',
    redirects: 'Adresses de retour',
    launch: 'Adresse de démarrage',
    none: 'aucune',
    lastUsed: 'Dernière utilisation',
    edit: 'Modifier',
    newSecret: 'Nouveau secret',
    newSecretLead: 'Le secret actuel de l’application sera refusé aussitôt.',
    makeSecret: 'Créer un nouveau secret',
    secretOnce:
      'Voici le secret de l’application. Il n’est montré que cette fois : gardez-le maintenant, sur son serveur et nulle part ailleurs.',
    secret: 'Secret (client secret)',
    disable: 'Désactiver cette application',
    disableLead:
      'Elle ne reçoit plus de jetons, et tout ce qu’on lui a permis prend fin aussitôt. Seul l’opérateur peut revenir en arrière.',
    disableNow: 'La désactiver maintenant',
  },
  simulator: {
    title: 'L’essayer',
    lead: 'Démarrez l’application de chacune des façons dont on le fera.',
    patient: 'Comme patient',
    patientLead:
      'L’application démarre seule et envoie la personne ici pour se connecter. Ouvrez cette adresse dans une fenêtre privée et connectez-vous comme patient.',
    practitioner: 'Comme soignant',
    practitionerLead: 'La même adresse. Connectez-vous comme soignant ; on vous demande le patient.',
    open: 'La démarrer seule',
    ehr: 'Depuis un dossier médical',
    ehrLead:
      'Choisissez un patient et une consultation. L’application est ouverte avec eux, comme un dossier médical le ferait.',
    choose: 'Choisir un patient',
    noLaunch: 'Donnez une adresse de démarrage à l’application pour essayer cela.',
    nobody:
      'Votre compte ne peut voir le dossier de personne : il n’y a pas de patient avec qui démarrer l’application. Demandez à l’opérateur de relier votre compte.',
    demo: 'Dans cette démonstration, vous pouvez la démarrer pour l’un des soignants. Connectez-vous ensuite à sa place, dans une fenêtre privée.',
    as: (name) => `Pour ${name}`,
    service: 'Un service n’a pas de personnes : lancez le code d’exemple.',
    newTab: '(s’ouvre dans un nouvel onglet)',
  },
};

export const developerWords: Readonly<Record<Language, DeveloperWords>> = { en, fr };

/** `3 Feb 2026, 14:05`, in UTC. */
export const timeInWords = (language: Language, at: Date): string =>
  new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' }).format(at);
