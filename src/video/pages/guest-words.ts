import type { Language } from '../../pages/language.ts';

export const guestWords: Readonly<Record<Language, { title: string }>> = {
  en: { title: 'You are invited to a visit by video' },
  fr: { title: 'Vous êtes invité à une visite vidéo' },
};
