import type { Language } from '../../pages/language.ts';
import type { ProviderTrouble } from '../account/providers.ts';

export type FederationTrouble = ProviderTrouble | 'unknown' | 'stale' | 'taken' | 'other-user' | 'disabled';

type FederationWords = {
  trouble: Record<FederationTrouble, (provider: string) => { title: string; about: string }>;
  again: string;
  otherWay: string;
  confirmTitle: (provider: string) => string;
  known: (provider: string) => string;
  unnamed: string;
  here: string;
  effect: string;
  link: string;
  cancel: string;
};

export const federationWords: Readonly<Record<Language, FederationWords>> = {
  en: {
    trouble: {
      down: (provider) => ({
        title: `${provider} cannot be reached`,
        about: 'It is not a fault of yours. Try again in a while, or sign in another way.',
      }),
      refused: (provider) => ({
        title: `${provider} did not sign you in`,
        about: 'You may have cancelled it there. Nothing has changed here.',
      }),
      untrusted: (provider) => ({
        title: `The answer of ${provider} could not be trusted`,
        about:
          'What it sent did not pass the checks, so you were not signed in. If it happens again tell the operator.',
      }),
      unknown: () => ({ title: 'There is no such provider', about: 'Choose one from the sign-in page.' }),
      stale: (provider) => ({
        title: 'This sign-in is no longer valid',
        about: `It was begun in another browser, took too long, or was used already. Begin again with ${provider}.`,
      }),
      taken: (provider) => ({
        title: `This account of ${provider} is linked to somebody else`,
        about: 'Sign in with it to see to whom, and unlink it there first.',
      }),
      'other-user': () => ({
        title: 'You are signed in as somebody else now',
        about: 'The link was begun by another user. Nothing has changed; begin again.',
      }),
      disabled: () => ({ title: 'This account is closed', about: 'Ask the operator of this server.' }),
    },
    again: 'Try again',
    otherWay: 'Sign in another way',
    confirmTitle: (provider) => `Link your account of ${provider}?`,
    known: (provider) => `At ${provider} you are`,
    unnamed: 'somebody whose name it did not tell',
    here: 'Here you are',
    effect: 'Whoever can sign in there can then sign in here as you. You can end this at any time.',
    link: 'Link the two',
    cancel: 'Do not link',
  },
  fr: {
    trouble: {
      down: (provider) => ({
        title: `${provider} est injoignable`,
        about: 'Ce n’est pas de votre faute. Réessayez plus tard, ou connectez-vous autrement.',
      }),
      refused: (provider) => ({
        title: `${provider} ne vous a pas connecté`,
        about: 'Vous l’avez peut-être annulé là-bas. Rien n’a changé ici.',
      }),
      untrusted: (provider) => ({
        title: `La réponse de ${provider} n’était pas fiable`,
        about:
          'Elle n’a pas passé les vérifications : vous n’avez pas été connecté. Si cela se répète, prévenez l’exploitant.',
      }),
      unknown: () => ({ title: 'Ce fournisseur n’existe pas', about: 'Choisissez-en un sur la page de connexion.' }),
      stale: (provider) => ({
        title: 'Cette connexion n’est plus valable',
        about: `Elle a été commencée dans un autre navigateur, a trop duré ou a déjà servi. Recommencez avec ${provider}.`,
      }),
      taken: (provider) => ({
        title: `Ce compte de ${provider} est lié à quelqu’un d’autre`,
        about: 'Connectez-vous avec lui pour voir à qui, et déliez-le d’abord là.',
      }),
      'other-user': () => ({
        title: 'Vous êtes maintenant connecté sous un autre compte',
        about: 'Ce lien a été commencé par un autre utilisateur. Rien n’a changé ; recommencez.',
      }),
      disabled: () => ({ title: 'Ce compte est fermé', about: 'Adressez-vous à l’exploitant de ce serveur.' }),
    },
    again: 'Réessayer',
    otherWay: 'Se connecter autrement',
    confirmTitle: (provider) => `Lier votre compte de ${provider} ?`,
    known: (provider) => `Chez ${provider}, vous êtes`,
    unnamed: 'quelqu’un dont le nom n’a pas été communiqué',
    here: 'Ici, vous êtes',
    effect:
      'Quiconque peut se connecter là-bas pourra alors se connecter ici à votre place. Vous pourrez y mettre fin à tout moment.',
    link: 'Lier les deux',
    cancel: 'Ne pas lier',
  },
};
