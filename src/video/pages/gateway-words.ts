import type { Language } from '../../pages/language.ts';

export type OverKind = 'finished' | 'missed' | 'cancelled';

type Said = { title: string; text: string };

type GatewayWords = {
  title: (withWhom: string) => string;
  over: Record<OverKind, Said>;
  facts: { withWhom: string; when: string; lasted: string };
  minutes: (count: number) => string;
  next: string;
  steps: { visits: string; seen: string; messages: string };
  phone: string;
};

export const gatewayWords: Readonly<Record<Language, GatewayWords>> = {
  en: {
    title: (name) => (name === '' ? 'Visit by video' : `Visit with ${name}`),
    over: {
      finished: { title: 'This visit is over', text: 'What was written of it is in the record.' },
      missed: { title: 'This visit did not take place', text: 'Its time has passed. You can book another.' },
      cancelled: { title: 'This visit was cancelled', text: 'You can book another.' },
    },
    facts: { withWhom: 'With', when: 'When', lasted: 'It lasted' },
    minutes: (count) => (count === 1 ? '1 minute' : `${count} minutes`),
    next: 'What comes next',
    steps: { visits: 'My visits', seen: 'Who has seen my record', messages: 'My messages' },
    phone: 'The telephone of the clinic',
  },
  fr: {
    title: (name) => (name === '' ? 'Visite vidéo' : `Visite avec ${name}`),
    over: {
      finished: { title: 'Cette visite est terminée', text: 'Ce qui en a été écrit est dans le dossier.' },
      missed: {
        title: 'Cette visite n’a pas eu lieu',
        text: 'Son heure est passée. Vous pouvez en prendre une autre.',
      },
      cancelled: { title: 'Cette visite a été annulée', text: 'Vous pouvez en prendre une autre.' },
    },
    facts: { withWhom: 'Avec', when: 'Quand', lasted: 'Elle a duré' },
    minutes: (count) => (count === 1 ? '1 minute' : `${count} minutes`),
    next: 'Et maintenant',
    steps: { visits: 'Mes rendez-vous', seen: 'Qui a vu mon dossier', messages: 'Mes messages' },
    phone: 'Le téléphone de la clinique',
  },
};
