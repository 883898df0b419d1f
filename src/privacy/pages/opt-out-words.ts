import type { Language } from '../../pages/language.ts';

type OptOutWords = { title: string; lead: string; button: string; done: string; gone: string };

export const optOutWords: Readonly<Record<Language, OptOutWords>> = {
  en: {
    title: 'No more offers',
    lead: 'You will get no more messages about offers of ours. What concerns your care, such as an appointment, you still get.',
    button: 'Send me no more offers',
    done: 'You get no more messages about offers, from now on.',
    gone: 'This link is not one of ours.',
  },
  fr: {
    title: 'Plus d’offres',
    lead: 'Vous ne recevrez plus de messages sur nos offres. Ce qui concerne vos soins, comme un rendez-vous, vous parviendra toujours.',
    button: 'Ne plus m’envoyer d’offres',
    done: 'Vous ne recevez plus de messages sur des offres, dès maintenant.',
    gone: 'Ce lien ne vient pas de nous.',
  },
};
