import type { Language } from '../../pages/language.ts';
import type { Client } from '../clients/client.ts';

/** Why a request cannot go on, where nobody but the person may be told. */
export type Fault = 'client' | 'pushed' | 'no-redirect' | 'redirect' | 'session' | 'over' | 'form';

export type ConsentWords = {
  consent: {
    title: (app: string) => string;
    wants: (app: string) => string;
    registered: Readonly<Record<Client['registeredBy'], string>>;
    site: string;
    returns: (place: string) => string;
    links: { policy: string; terms: string };
    signedInAs: (name: string) => string;
    notYou: string;
    record: (name: string) => string;
    everyRecord: string;
    unnamed: string;
    born: (date: string) => string;
    mayRead: string;
    mayWrite: string;
    mayAlso: string;
    readAll: string;
    writeAll: string;
    narrow: string;
    narrowLead: string;
    howLong: string;
    lasting: string;
    session: string;
    withdraw: string;
    nothing: string;
    allow: string;
    deny: string;
  };
  patient: {
    title: string;
    lead: (app: string) => string;
    sought: string;
    hint: string;
    find: string;
    list: string;
    none: string;
    noneOf: (sought: string) => string;
    more: string;
    first: string;
    wrong: string;
  };
  faults: Readonly<Record<Fault, { title: string; text: string }>>;
  faultAdvice: string;
  faultHome: string;
  apps: {
    title: string;
    lead: string;
    none: string;
    since: (day: string) => string;
    used: (day: string) => string;
    unused: string;
    lasting: string;
    session: string;
    inRecord: (name: string) => string;
    may: string;
    read: (what: string) => string;
    write: (what: string, changes: string) => string;
    revoke: (app: string) => string;
    revoked: (app: string) => string;
    gone: string;
    back: string;
    unknownApp: string;
  };
};

const en: ConsentWords = {
  consent: {
    title: (app) => `Share with ${app}?`,
    wants: (app) => `${app} asks for access. You decide what it gets.`,
    registered: {
      operator: 'Registered here by those who run this server.',
      developer: 'Registered here by its developer. Nobody else has checked it.',
      dynamic: 'Registered here by itself. Nobody has checked who made it.',
      udap: 'Registered here by a certificate of a trusted community.',
      demo: 'A sample app of this demonstration.',
    },
    site: 'Website',
    returns: (place) => `Afterwards you are taken to ${place}.`,
    links: { policy: 'Privacy policy', terms: 'Terms of use' },
    signedInAs: (name) => `You are signed in as ${name}.`,
    notYou: 'Use another account',
    record: (name) => `In the record of ${name}`,
    everyRecord: 'In every record that you may see',
    unnamed: 'a person without a name',
    born: (date) => `born ${date}`,
    mayRead: 'The app may see',
    mayWrite: 'The app may write',
    mayAlso: 'About you and this sign-in',
    readAll: 'See',
    writeAll: 'Write',
    narrow: 'Share only a part of it',
    narrowLead: 'Tick what may be shared. As soon as one is ticked, nothing else of it is.',
    howLong: 'For how long',
    lasting: 'If it stays ticked, the app has access until you withdraw it, even while you are not here.',
    session: 'The access ends when you sign out here.',
    withdraw: 'You can withdraw it at any time under “Connected apps” in your account.',
    nothing: 'Tick at least one thing that the app may do, or do not allow it.',
    allow: 'Allow',
    deny: 'Do not allow',
  },
  patient: {
    title: 'Whose record?',
    lead: (app) => `Choose the patient in whose record ${app} may be used.`,
    sought: 'Name or birth date',
    hint: 'The beginning of a name, or a date such as 1961-03-09. Leave it empty for everybody.',
    find: 'Search',
    list: 'Patients',
    none: 'There is no patient whose record you may see.',
    noneOf: (sought) => `Among the patients whose records you may see, nobody matches “${sought}”.`,
    more: 'More patients',
    first: 'Back to the first ones',
    wrong: 'Choose one of the patients in the list.',
  },
  faults: {
    client: {
      title: 'This app is not known here',
      text: 'The link that brought you here names an app that is not registered, or no longer.',
    },
    pushed: {
      title: 'This request is no longer valid',
      text: 'The app announced its request, but it was used already or it took too long to get here.',
    },
    'no-redirect': {
      title: 'The app does not say where to return to',
      text: 'A request must name the address (redirect_uri) to which you are taken afterwards.',
    },
    redirect: {
      title: 'The app wants to return to an unknown address',
      text: 'The address (redirect_uri) in this request is not one that the app registered. To protect you, nothing is sent there.',
    },
    session: {
      title: 'This page belongs to another sign-in',
      text: 'Somebody else was signed in when this request was begun.',
    },
    over: {
      title: 'This page is no longer valid',
      text: 'The request was answered already, took longer than 30 minutes, or was begun in another browser.',
    },
    form: {
      title: 'This form could not be taken',
      text: 'It was not sent from a page that this browser was shown, or that page was too old. Nothing was granted.',
    },
  },
  faultAdvice: 'Go back to the app and start again. If that does not help, tell those who made the app.',
  faultHome: 'To the front page',
  apps: {
    title: 'Connected apps',
    lead: 'These apps have access. What you withdraw ends at once.',
    none: 'No app has access.',
    since: (day) => `Since ${day}`,
    used: (day) => `Last used ${day}`,
    unused: 'Not used yet',
    lasting: 'Until you withdraw it',
    session: 'Until you sign out',
    inRecord: (name) => `Record of ${name}`,
    may: 'What it may do',
    read: (what) => `See: ${what}`,
    write: (what, changes) => `Write (${changes}): ${what}`,
    revoke: (app) => `Withdraw access of ${app}`,
    revoked: (app) => `${app} has no access any more.`,
    gone: 'That access had ended already.',
    back: 'Your account',
    unknownApp: 'An app that is no longer registered',
  },
};

const fr: ConsentWords = {
  consent: {
    title: (app) => `Partager avec ${app} ?`,
    wants: (app) => `${app} demande un accès. C’est vous qui décidez de ce qu’elle obtient.`,
    registered: {
      operator: 'Enregistrée ici par les responsables de ce serveur.',
      developer: 'Enregistrée ici par son développeur. Personne d’autre ne l’a vérifiée.',
      dynamic: 'Enregistrée ici par elle-même. Personne n’a vérifié qui l’a faite.',
      udap: 'Enregistrée ici par un certificat d’une communauté de confiance.',
      demo: 'Une application d’exemple de cette démonstration.',
    },
    site: 'Site web',
    returns: (place) => `Vous serez ensuite dirigé vers ${place}.`,
    links: { policy: 'Politique de confidentialité', terms: 'Conditions d’utilisation' },
    signedInAs: (name) => `Vous êtes connecté en tant que ${name}.`,
    notYou: 'Utiliser un autre compte',
    record: (name) => `Dans le dossier de ${name}`,
    everyRecord: 'Dans chaque dossier que vous pouvez voir',
    unnamed: 'une personne sans nom',
    born: (date) => `naissance : ${date}`,
    mayRead: 'L’application peut voir',
    mayWrite: 'L’application peut écrire',
    mayAlso: 'À propos de vous et de cette connexion',
    readAll: 'Voir',
    writeAll: 'Écrire',
    narrow: 'N’en partager qu’une partie',
    narrowLead: 'Cochez ce qui peut être partagé. Dès qu’une case est cochée, rien d’autre n’en est partagé.',
    howLong: 'Pour combien de temps',
    lasting: 'Si la case reste cochée, l’application a accès jusqu’à ce que vous le retiriez, même en votre absence.',
    session: 'L’accès prend fin lorsque vous vous déconnectez ici.',
    withdraw: 'Vous pouvez le retirer à tout moment sous « Applications connectées » dans votre compte.',
    nothing: 'Cochez au moins une chose que l’application peut faire, ou n’autorisez pas.',
    allow: 'Autoriser',
    deny: 'Ne pas autoriser',
  },
  patient: {
    title: 'Quel dossier ?',
    lead: (app) => `Choisissez le patient dans le dossier duquel ${app} peut être utilisée.`,
    sought: 'Nom ou date de naissance',
    hint: 'Le début d’un nom, ou une date comme 1961-03-09. Laissez vide pour voir tout le monde.',
    find: 'Rechercher',
    list: 'Patients',
    none: 'Il n’y a aucun patient dont vous pouvez voir le dossier.',
    noneOf: (sought) => `Parmi les patients dont vous pouvez voir le dossier, personne ne correspond à « ${sought} ».`,
    more: 'Autres patients',
    first: 'Revenir aux premiers',
    wrong: 'Choisissez un des patients de la liste.',
  },
  faults: {
    client: {
      title: 'Cette application n’est pas connue ici',
      text: 'Le lien qui vous a mené ici nomme une application qui n’est pas enregistrée, ou ne l’est plus.',
    },
    pushed: {
      title: 'Cette demande n’est plus valable',
      text: 'L’application avait annoncé sa demande, mais celle-ci a déjà servi ou a mis trop de temps à arriver.',
    },
    'no-redirect': {
      title: 'L’application ne dit pas où revenir',
      text: 'Une demande doit nommer l’adresse (redirect_uri) vers laquelle vous êtes dirigé ensuite.',
    },
    redirect: {
      title: 'L’application veut revenir à une adresse inconnue',
      text: 'L’adresse (redirect_uri) de cette demande n’est pas une de celles que l’application a enregistrées. Pour vous protéger, rien n’y est envoyé.',
    },
    session: {
      title: 'Cette page appartient à une autre connexion',
      text: 'Quelqu’un d’autre était connecté lorsque cette demande a commencé.',
    },
    over: {
      title: 'Cette page n’est plus valable',
      text: 'La demande a déjà reçu sa réponse, a duré plus de 30 minutes, ou a commencé dans un autre navigateur.',
    },
    form: {
      title: 'Ce formulaire n’a pas pu être accepté',
      text: 'Il ne vient pas d’une page montrée à ce navigateur, ou cette page était trop ancienne. Rien n’a été accordé.',
    },
  },
  faultAdvice: 'Revenez à l’application et recommencez. Si cela n’aide pas, prévenez ceux qui l’ont faite.',
  faultHome: 'Vers la page d’accueil',
  apps: {
    title: 'Applications connectées',
    lead: 'Ces applications ont un accès. Ce que vous retirez prend fin aussitôt.',
    none: 'Aucune application n’a d’accès.',
    since: (day) => `Depuis le ${day}`,
    used: (day) => `Dernière utilisation le ${day}`,
    unused: 'Pas encore utilisée',
    lasting: 'Jusqu’à ce que vous le retiriez',
    session: 'Jusqu’à votre déconnexion',
    inRecord: (name) => `Dossier de ${name}`,
    may: 'Ce qu’elle peut faire',
    read: (what) => `Voir : ${what}`,
    write: (what, changes) => `Écrire (${changes}) : ${what}`,
    revoke: (app) => `Retirer l’accès de ${app}`,
    revoked: (app) => `${app} n’a plus d’accès.`,
    gone: 'Cet accès avait déjà pris fin.',
    back: 'Votre compte',
    unknownApp: 'Une application qui n’est plus enregistrée',
  },
};

export const consentWords: Readonly<Record<Language, ConsentWords>> = { en, fr };

const locales: Readonly<Record<Language, string>> = { en: 'en', fr: 'fr-CA' };

/** A day as people read it. */
export const dayInWords = (language: Language, day: Date): string =>
  new Intl.DateTimeFormat(locales[language], { dateStyle: 'long', timeZone: 'UTC' }).format(day);

/** A birth date, which may be a year or a month alone. */
export const birthDateInWords = (language: Language, date: string): string =>
  /^\d{4}-\d{2}-\d{2}$/.test(date) ? dayInWords(language, new Date(`${date}T00:00:00Z`)) : date;
