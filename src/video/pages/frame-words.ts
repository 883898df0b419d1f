import type { Language } from '../../pages/language.ts';

type Said = { title: string; text: string };

type FrameWords = {
  visits: string;
  account: string;
  noScript: string;
  refused: Record<'form' | 'nobody' | 'unknown' | 'recording', Said>;
};

/** What stands on every page of a visit. */
export const frameWords: Readonly<Record<Language, FrameWords>> = {
  en: {
    visits: 'My visits',
    account: 'Your account',
    noScript: 'A visit by video needs JavaScript, which is off in this browser. Turn it on, or call your clinic.',
    refused: {
      form: {
        title: 'This page is too old',
        text: 'It was open for too long, or came from somewhere else. Nothing was changed. Open the visit again.',
      },
      nobody: {
        title: 'Your account has no visits',
        text: 'Visits are for people who have a health record here, for those who help them, and for those who treat them. Your account is linked to none of them.',
      },
      unknown: {
        title: 'We cannot find this visit',
        text: 'The link may be incomplete, or the visit belongs to another account. Check that you are signed in as yourself, and look at your visits.',
      },
      recording: {
        title: 'This address has been used',
        text: 'A recording is shown once at each address, within a minute. Open it again from where you found it.',
      },
    },
  },
  fr: {
    visits: 'Mes rendez-vous',
    account: 'Votre compte',
    noScript:
      'Une visite vidéo a besoin de JavaScript, qui est désactivé dans ce navigateur. Activez-le, ou appelez votre clinique.',
    refused: {
      form: {
        title: 'Cette page est trop ancienne',
        text: 'Elle est restée ouverte trop longtemps, ou vient d’ailleurs. Rien n’a été changé. Ouvrez de nouveau la visite.',
      },
      nobody: {
        title: 'Votre compte n’a pas de visites',
        text: 'Les visites sont destinées aux personnes qui ont un dossier de santé ici, à celles qui les aident et à celles qui les soignent. Votre compte n’est lié à aucune d’elles.',
      },
      unknown: {
        title: 'Nous ne trouvons pas cette visite',
        text: 'Le lien est peut-être incomplet, ou la visite appartient à un autre compte. Vérifiez que vous êtes connecté sous votre nom, et consultez vos rendez-vous.',
      },
      recording: {
        title: 'Cette adresse a déjà servi',
        text: 'Un enregistrement est montré une fois à chaque adresse, pendant une minute. Ouvrez-le de nouveau là où vous l’avez trouvé.',
      },
    },
  },
};
