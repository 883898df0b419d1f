import type { Language } from '../../pages/language.ts';

type Said = { title: string; text: string };

type FrameWords = {
  title: string;
  officer: string;
  account: string;
  signIn: string;
  front: string;
  recordOf: (name: string) => string;
  refused: Record<'form' | 'officer' | 'noRecord' | 'unknown' | 'broken', Said>;
};

/** What stands on every page about privacy. */
export const frameWords: Readonly<Record<Language, FrameWords>> = {
  en: {
    title: 'My privacy',
    officer: 'Privacy officer',
    account: 'Your account',
    signIn: 'Sign in',
    front: 'To the front page',
    recordOf: (name) => `Record of ${name}`,
    refused: {
      form: {
        title: 'This form could not be taken',
        text: 'It did not come from a page that this browser was shown, or that page was too old. Nothing was changed. Open the page again and send it once more.',
      },
      officer: {
        title: 'This page is for privacy officers',
        text: 'You are signed in, but your account does not have this role. Whoever runs this server can give it to you.',
      },
      noRecord: {
        title: 'There is no record here that is yours',
        text: 'These pages are for people who have a health record here, and for those who help them with it. Your account is linked to neither.',
      },
      unknown: { title: 'This is not here', text: 'What you are looking for is not here, or no longer.' },
      broken: {
        title: 'That did not work',
        text: 'It was not carried out, and nothing was changed. Please try again in a moment.',
      },
    },
  },
  fr: {
    title: 'Ma vie privée',
    officer: 'Responsable de la vie privée',
    account: 'Votre compte',
    signIn: 'Se connecter',
    front: 'Vers la page d’accueil',
    recordOf: (name) => `Dossier de ${name}`,
    refused: {
      form: {
        title: 'Ce formulaire n’a pas pu être accepté',
        text: 'Il ne vient pas d’une page montrée à ce navigateur, ou cette page était trop ancienne. Rien n’a été changé. Ouvrez la page de nouveau et renvoyez-le.',
      },
      officer: {
        title: 'Cette page est réservée aux responsables de la vie privée',
        text: 'Vous êtes connecté, mais votre compte n’a pas ce rôle. Qui exploite ce serveur peut vous le donner.',
      },
      noRecord: {
        title: 'Il n’y a ici aucun dossier qui soit le vôtre',
        text: 'Ces pages sont destinées aux personnes qui ont un dossier de santé ici, et à celles qui les aident. Votre compte n’est lié à aucun dossier.',
      },
      unknown: { title: 'Cela n’est pas ici', text: 'Ce que vous cherchez n’est pas ici, ou n’y est plus.' },
      broken: {
        title: 'Cela n’a pas fonctionné',
        text: 'Rien n’a été fait et rien n’a été changé. Veuillez réessayer dans un instant.',
      },
    },
  },
};
