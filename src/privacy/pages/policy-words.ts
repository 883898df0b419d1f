import type { Language } from '../../pages/language.ts';

type PolicyWords = {
  title: string;
  version: (version: string, day: string) => string;
  none: string;
  changed: string;
  agree: string;
  agreed: string;
  goOn: string;
  refused: string;
};

export const policyWords: Readonly<Record<Language, PolicyWords>> = {
  en: {
    title: 'Privacy policy',
    version: (version, day) => `Version ${version}, in force since ${day}`,
    none: 'No privacy policy has been published here.',
    changed: 'Please read it. You and your apps can use your record once you have agreed to it.',
    agree: 'I have read it and agree',
    agreed: 'You have agreed to this version.',
    goOn: 'Go on to my privacy',
    refused: 'That could not be written down:',
  },
  fr: {
    title: 'Politique de confidentialité',
    version: (version, day) => `Version ${version}, en vigueur depuis le ${day}`,
    none: 'Aucune politique de confidentialité n’est publiée ici.',
    changed: 'Veuillez la lire. Vous et vos applications pourrez utiliser votre dossier dès que vous l’aurez acceptée.',
    agree: 'Je l’ai lue et je l’accepte',
    agreed: 'Vous avez accepté cette version.',
    goOn: 'Continuer vers ma vie privée',
    refused: 'Cela n’a pas pu être noté :',
  },
};
