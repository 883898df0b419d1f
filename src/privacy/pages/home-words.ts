import type { Language } from '../../pages/language.ts';

type Way = { title: string; about: string };

/** What there is to do about one's privacy; the keys are those of `ways` in home.ts. */
export type WayName =
  | 'seen'
  | 'who'
  | 'consents'
  | 'choices'
  | 'devices'
  | 'apps'
  | 'copy'
  | 'correct'
  | 'messages'
  | 'complaint'
  | 'delete';

type HomeWords = {
  lead: string;
  choose: string;
  open: string;
  ways: Readonly<Record<WayName, Way>>;
};

export const homeWords: Readonly<Record<Language, HomeWords>> = {
  en: {
    lead: 'Your record is yours: see who looked at it, say who may, take a copy, have it put right, or have it deleted.',
    choose: 'Whose record',
    open: 'Open this record',
    ways: {
      seen: {
        title: 'Who saw my record',
        about: 'Every look, every change and everything that was sent on: who, when, what and why.',
      },
      who: { title: 'Who can see my record', about: 'Who may look at it as things stand, and what makes it so.' },
      consents: { title: 'My consents', about: 'What you allowed and what you keep away. Give, narrow and withdraw.' },
      choices: { title: 'My choices', about: 'Messages about offers, your workplace and challenges: yes or no.' },
      devices: { title: 'My devices and readings', about: 'What measures for you, and what it measured.' },
      apps: { title: 'My apps', about: 'The apps that you let in, and what each may do.' },
      copy: { title: 'My copy', about: 'Everything that is here about you, to take with you.' },
      correct: { title: 'Correct something', about: 'Say what is wrong in your record, and see what becomes of it.' },
      messages: { title: 'Messages', about: 'What you were told about your record.' },
      complaint: { title: 'Complain', about: 'When something was not right, tell the privacy officer.' },
      delete: { title: 'Delete my account and record', about: 'What goes, what has to stay and why.' },
    },
  },
  fr: {
    lead: 'Votre dossier est à vous : voyez qui l’a consulté, dites qui peut le faire, prenez-en une copie, faites-le corriger ou supprimer.',
    choose: 'Quel dossier',
    open: 'Ouvrir ce dossier',
    ways: {
      seen: {
        title: 'Qui a vu mon dossier',
        about: 'Chaque consultation, chaque modification et chaque envoi : qui, quand, quoi et pourquoi.',
      },
      who: { title: 'Qui peut voir mon dossier', about: 'Qui peut le consulter en ce moment, et en vertu de quoi.' },
      consents: {
        title: 'Mes consentements',
        about: 'Ce que vous avez permis et ce que vous refusez. Donner, limiter et retirer.',
      },
      choices: { title: 'Mes choix', about: 'Messages sur des offres, lieu de travail et défis : oui ou non.' },
      devices: { title: 'Mes appareils et mes mesures', about: 'Ce qui mesure pour vous, et ce qu’il a mesuré.' },
      apps: {
        title: 'Mes applications',
        about: 'Les applications auxquelles vous avez donné accès, et ce que chacune peut faire.',
      },
      copy: { title: 'Ma copie', about: 'Tout ce qui est ici à votre sujet, à emporter.' },
      correct: {
        title: 'Corriger quelque chose',
        about: 'Dites ce qui est faux dans votre dossier, et suivez la demande.',
      },
      messages: { title: 'Messages', about: 'Ce qui vous a été dit au sujet de votre dossier.' },
      complaint: {
        title: 'Porter plainte',
        about: 'Si quelque chose n’allait pas, dites-le au responsable de la vie privée.',
      },
      delete: {
        title: 'Supprimer mon compte et mon dossier',
        about: 'Ce qui disparaît, ce qui doit rester et pourquoi.',
      },
    },
  },
};
