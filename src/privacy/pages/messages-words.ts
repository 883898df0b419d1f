import type { Language } from '../../pages/language.ts';

type MessagesWords = { title: string; lead: string; none: string; older: string };

export const messagesWords: Readonly<Record<Language, MessagesWords>> = {
  en: {
    title: 'Messages',
    lead: 'What you were told about your record, the newest first.',
    none: 'You have not been told anything about your record yet.',
    older: 'Older messages',
  },
  fr: {
    title: 'Messages',
    lead: 'Ce qui vous a été dit au sujet de votre dossier, le plus récent d’abord.',
    none: 'On ne vous a encore rien dit au sujet de votre dossier.',
    older: 'Messages plus anciens',
  },
};
