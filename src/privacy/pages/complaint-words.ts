import type { Language } from '../../pages/language.ts';

type ComplaintWords = {
  title: string;
  lead: string;
  text: string;
  textHint: string;
  about: string;
  contact: string;
  contactHint: string;
  send: string;
  done: string;
  number: string;
  wrong: string;
  refused: string;
};

export const complaintWords: Readonly<Record<Language, ComplaintWords>> = {
  en: {
    title: 'Complain',
    lead: 'If something was not right about how your information is dealt with, tell the privacy officer. You need no account. An answer is due within 30 days, and nothing bad comes of it for you.',
    text: 'What happened?',
    textHint: 'In your own words, and without more about your health than is needed.',
    about: 'What or whom is it about?',
    contact: 'How can we answer you?',
    contactHint: 'An e-mail address or a telephone number. It may be left empty.',
    send: 'Send the complaint',
    done: 'Your complaint was received. The privacy officer has it now.',
    number: 'Its number',
    wrong: 'Say what happened.',
    refused: 'It could not be received:',
  },
  fr: {
    title: 'Porter plainte',
    lead: 'Si quelque chose n’allait pas dans le traitement de vos renseignements, dites-le au responsable de la vie privée. Aucun compte n’est nécessaire. Une réponse est due dans les 30 jours, et cela ne peut pas vous nuire.',
    text: 'Que s’est-il passé ?',
    textHint: 'Dans vos propres mots, sans en dire plus que nécessaire sur votre santé.',
    about: 'De quoi ou de qui s’agit-il ?',
    contact: 'Comment pouvons-nous vous répondre ?',
    contactHint: 'Une adresse électronique ou un numéro de téléphone. Peut rester vide.',
    send: 'Envoyer la plainte',
    done: 'Votre plainte a été reçue. Le responsable de la vie privée l’a maintenant.',
    number: 'Son numéro',
    wrong: 'Dites ce qui s’est passé.',
    refused: 'Elle n’a pas pu être reçue :',
  },
};
