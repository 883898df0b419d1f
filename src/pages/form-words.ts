import type { Language } from './language.ts';

type FormWords = { problems: string; titlePrefix: string };

/** What stands in every form. */
export const formWords: Readonly<Record<Language, FormWords>> = {
  en: { problems: 'Please check what you entered', titlePrefix: 'Please check: ' },
  fr: { problems: 'Vérifiez votre saisie', titlePrefix: 'À vérifier : ' },
};
