import type { Language } from '../../pages/language.ts';
import type { Kind } from '../developer/developer-form.ts';
import type { Role } from '../people/user.ts';

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
