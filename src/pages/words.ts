import type { Language } from './language.ts';

/** What stands around every page. */
export const frame: Readonly<Record<Language, { languageName: string; otherLanguages: string; skip: string }>> = {
  en: { languageName: 'English', otherLanguages: 'Language', skip: 'Skip to the content' },
  fr: { languageName: 'Français', otherLanguages: 'Langue', skip: 'Aller au contenu' },
};
