import type { Language } from '../../pages/language.ts';

type GatewayWords = { title: (withWhom: string) => string };

export const gatewayWords: Readonly<Record<Language, GatewayWords>> = {
  en: { title: (name) => (name === '' ? 'Visit by video' : `Visit with ${name}`) },
  fr: { title: (name) => (name === '' ? 'Visite vidéo' : `Visite avec ${name}`) },
};
