import type { Language } from '../../pages/language.ts';
import type { User } from '../people/user.ts';

/** Why something could not be done, said on a page of its own or above the page it belongs to. */
export type Refused = 'form' | 'passkey' | 'too-many' | 'last-way' | 'gone';

/** What has just been done. */
export const done = [
  'password',
  'totp',
  'totp-removed',
  'passkey',
  'passkey-named',
  'passkey-removed',
  'session',
  'linked',
  'unlinked',
] as const;
export type Done = (typeof done)[number];

type Section = { title: string; about: string };

type AccountWords = {
  title: string;
  greeting: (name: string) => string;
  username: string;
  email: string;
  record: string;
  noRecord: string;
  recordOf: Record<'Patient' | 'RelatedPerson' | 'Practitioner' | 'Person', string>;
  apps: Section;
  security: Section;
  visits: Section;
  devices: Section;
  /** Of patients, for who treats them. */
  readings: Section;
  privacy: Section;
  officer: Section;
  developer: Section;
  operator: Section;
  signOut: string;
  back: string;
  backToSecurity: string;
  staleNotice: string;
  signInAgain: string;
  done: Record<Done, string>;
  refused: Record<Refused, { title: string; about: string }>;
  sessions: {
    title: string;
    about: string;
    this: string;
    began: (moment: string) => string;
    seen: (moment: string) => string;
    end: string;
    endAll: string;
    browserOn: (browser: string, system: string) => string;
    unknownBrowser: string;
  };
  linked: {
    title: string;
    about: string;
    link: (provider: string) => string;
    since: (day: string) => string;
    unlink: (provider: string) => string;
  };
  or: string;
  signInWith: (provider: string) => string;
};

export const accountWords: Readonly<Record<Language, AccountWords>> = {
  en: {
    title: 'Your account',
    greeting: (name) => `Hello, ${name}`,
    username: 'Username',
    email: 'E-mail',
    record: 'Your record',
    noRecord: 'None: this account is linked to nobody in the records.',
    recordOf: {
      Patient: 'Your own, as a patient',
      RelatedPerson: 'As a relative of a patient',
      Practitioner: 'As a practitioner',
      Person: 'As a person',
    },
    apps: { title: 'Connected apps', about: 'See what you let in, and take it back.' },
    security: { title: 'Sign-in and security', about: 'Password, passkeys, codes, and where you are signed in.' },
    visits: { title: 'My visits', about: 'Book a visit, join one by video, change its time or call it off.' },
    devices: { title: 'My devices and readings', about: 'What your devices measured, and what sends it here.' },
    readings: { title: 'Readings of patients', about: 'What the devices of your patients measured.' },
    privacy: { title: 'My privacy', about: 'Who saw your record, your consents, your copy, corrections and deletion.' },
    officer: { title: 'Privacy officer', about: 'Requests, holds, emergency accesses and the ledger.' },
    developer: { title: 'For developers', about: 'Register an app and try it.' },
    operator: { title: 'For operators', about: 'Apps and people of this server.' },
    signOut: 'Sign out',
    back: 'Back to your account',
    backToSecurity: 'Back to sign-in and security',
    staleNotice: 'You signed in a while ago. Before something here changes you will be asked to sign in again.',
    signInAgain: 'Sign in again now',
    done: {
      password: 'Your password was changed. Everywhere else you were signed out.',
      totp: 'From now on you will be asked for a code of your authenticator app.',
      'totp-removed': 'You will not be asked for a code any more.',
      passkey: 'The passkey was added.',
      'passkey-named': 'The passkey has its new name.',
      'passkey-removed': 'The passkey was removed. You can delete it from your device as well.',
      session: 'You were signed out there.',
      linked: 'The account was linked. You can sign in with it from now on.',
      unlinked: 'The account is not linked any more.',
    },
    refused: {
      form: {
        title: 'This form is no longer valid',
        about:
          'It was made for another sign-in, or your browser sent no cookie. Open the page again and repeat the step.',
      },
      passkey: {
        title: 'The passkey was not accepted',
        about: 'It may have taken too long, or the device did not check who you are. Please try again.',
      },
      'too-many': { title: 'There are too many passkeys', about: 'Remove one that you no longer use first.' },
      'last-way': {
        title: 'This is your only way to sign in',
        about: 'Add another one first, or you could not sign in any more.',
      },
      gone: { title: 'This is not there any more', about: 'It was removed or ended already.' },
    },
    sessions: {
      title: 'Where you are signed in',
      about: 'End what you do not know, and change your password then.',
      this: 'this browser',
      began: (moment) => `Signed in ${moment}`,
      seen: (moment) => `Last seen ${moment}`,
      end: 'Sign out',
      endAll: 'Sign out everywhere',
      browserOn: (browser, system) => `${browser} on ${system}`,
      unknownBrowser: 'A browser',
    },
    linked: {
      title: 'Accounts elsewhere',
      about: 'You can sign in with an account that you have elsewhere, once it is linked here.',
      link: (provider) => `Link ${provider}`,
      since: (day) => `linked ${day}`,
      unlink: (provider) => `Unlink ${provider}`,
    },
    or: 'or',
    signInWith: (provider) => `Sign in with ${provider}`,
  },
  fr: {
    title: 'Votre compte',
    greeting: (name) => `Bonjour, ${name}`,
    username: 'Identifiant',
    email: 'Courriel',
    record: 'Votre dossier',
    noRecord: 'Aucun : ce compte n’est lié à personne dans les dossiers.',
    recordOf: {
      Patient: 'Le vôtre, en tant que patient',
      RelatedPerson: 'En tant que proche d’un patient',
      Practitioner: 'En tant que soignant',
      Person: 'En tant que personne',
    },
    apps: { title: 'Applications connectées', about: 'Voyez ce que vous avez autorisé, et retirez-le.' },
    security: {
      title: 'Connexion et sécurité',
      about: 'Mot de passe, clés d’accès, codes et appareils connectés.',
    },
    visits: {
      title: 'Mes visites',
      about: 'Réserver une visite, la rejoindre en vidéo, changer l’heure ou l’annuler.',
    },
    devices: {
      title: 'Mes appareils et mes mesures',
      about: 'Ce que vos appareils ont mesuré, et ce qui l’envoie ici.',
    },
    readings: { title: 'Mesures des patients', about: 'Ce que les appareils de vos patients ont mesuré.' },
    privacy: {
      title: 'Ma vie privée',
      about: 'Qui a vu votre dossier, vos consentements, votre copie, corrections et suppression.',
    },
    officer: { title: 'Responsable de la vie privée', about: 'Demandes, conservations, accès d’urgence et registre.' },
    developer: { title: 'Pour les développeurs', about: 'Inscrivez une application et essayez-la.' },
    operator: { title: 'Pour les exploitants', about: 'Applications et comptes de ce serveur.' },
    signOut: 'Se déconnecter',
    back: 'Retour à votre compte',
    backToSecurity: 'Retour à connexion et sécurité',
    staleNotice:
      'Votre connexion date d’un moment. Avant tout changement ici, il vous sera demandé de vous reconnecter.',
    signInAgain: 'Se reconnecter maintenant',
    done: {
      password: 'Votre mot de passe a été changé. Vous avez été déconnecté partout ailleurs.',
      totp: 'Désormais, un code de votre application d’authentification vous sera demandé.',
      'totp-removed': 'Plus aucun code ne vous sera demandé.',
      passkey: 'La clé d’accès a été ajoutée.',
      'passkey-named': 'La clé d’accès a son nouveau nom.',
      'passkey-removed': 'La clé d’accès a été retirée. Vous pouvez aussi la supprimer de votre appareil.',
      session: 'Vous y avez été déconnecté.',
      linked: 'Le compte a été lié. Vous pouvez désormais vous en servir pour vous connecter.',
      unlinked: 'Le compte n’est plus lié.',
    },
    refused: {
      form: {
        title: 'Ce formulaire n’est plus valable',
        about:
          'Il a été fait pour une autre connexion, ou votre navigateur n’a pas envoyé de cookie. Ouvrez à nouveau la page et recommencez.',
      },
      passkey: {
        title: 'La clé d’accès n’a pas été acceptée',
        about: 'Peut-être était-il trop tard, ou l’appareil n’a pas vérifié votre identité. Veuillez réessayer.',
      },
      'too-many': {
        title: 'Il y a trop de clés d’accès',
        about: 'Retirez d’abord celle dont vous ne vous servez plus.',
      },
      'last-way': {
        title: 'C’est votre seul moyen de connexion',
        about: 'Ajoutez-en d’abord un autre, sinon vous ne pourriez plus vous connecter.',
      },
      gone: { title: 'Cet élément n’existe plus', about: 'Il a déjà été retiré ou terminé.' },
    },
    sessions: {
      title: 'Où vous êtes connecté',
      about: 'Terminez ce que vous ne connaissez pas, puis changez votre mot de passe.',
      this: 'ce navigateur',
      began: (moment) => `Connecté le ${moment}`,
      seen: (moment) => `Vu le ${moment}`,
      end: 'Déconnecter',
      endAll: 'Se déconnecter partout',
      browserOn: (browser, system) => `${browser} sur ${system}`,
      unknownBrowser: 'Un navigateur',
    },
    linked: {
      title: 'Comptes ailleurs',
      about: 'Vous pouvez vous connecter avec un compte que vous avez ailleurs, une fois qu’il est lié ici.',
      link: (provider) => `Lier ${provider}`,
      since: (day) => `lié le ${day}`,
      unlink: (provider) => `Délier ${provider}`,
    },
    or: 'ou',
    signInWith: (provider) => `Se connecter avec ${provider}`,
  },
};

/** Whose record an account has, in words; null: nobody's. */
export function recordInWords(language: Language, { fhirUser }: Pick<User, 'fhirUser'>): string | null {
  if (fhirUser === null) return null;
  const words: Readonly<Record<string, string>> = accountWords[language].recordOf;
  return words[fhirUser.split('/')[0] ?? ''] ?? fhirUser;
}

const locale = { en: 'en-GB', fr: 'fr-FR' } as const;

/** With its time zone, which is UTC: where somebody is the server does not know. */
export const momentInWords = (language: Language, at: Date): string =>
  `${at.toLocaleString(locale[language], { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' })} UTC`;

export const dayInWords = (language: Language, at: Date): string =>
  at.toLocaleDateString(locale[language], { dateStyle: 'long', timeZone: 'UTC' });
