import type { Language } from '../../pages/language.ts';

export type AskState = 'open' | 'done' | 'refused' | 'ended';

type CorrectWords = {
  title: string;
  lead: string;
  kinds: string;
  about: (kind: string) => string;
  choose: string;
  nothing: string;
  other: string;
  entry: string;
  reason: string;
  reasonHint: string;
  shouldBe: string;
  shouldBeHint: string;
  send: string;
  done: string;
  mine: string;
  none: string;
  states: Readonly<Record<AskState, string>>;
  due: (day: string) => string;
  asked: (day: string) => string;
  why: string;
  answer: string;
  disagree: { title: string; lead: string; statement: string; send: string; done: string };
  wrong: { reason: string; shouldBe: string; statement: string; entry: string; refused: string };
};

export const correctWords: Readonly<Record<Language, CorrectWords>> = {
  en: {
    title: 'Correct something',
    lead: 'If something in your record is wrong or missing, say so. Somebody answers within 30 days, and whoever was shown it before is told.',
    kinds: 'What is it about?',
    about: (kind) => `Which of your ${kind}?`,
    choose: 'Choose',
    nothing: 'There is nothing of this kind in your record.',
    other: 'Choose another kind',
    entry: 'About',
    reason: 'What is wrong?',
    reasonHint: 'In your own words.',
    shouldBe: 'What should it be?',
    shouldBeHint: 'As exactly as you can.',
    send: 'Ask for the correction',
    done: 'Your request was received. You find it below.',
    mine: 'Your requests',
    none: 'You have asked for nothing yet.',
    states: { open: 'Being looked at', done: 'Corrected', refused: 'Refused', ended: 'Ended' },
    due: (day) => `An answer is due by ${day}.`,
    asked: (day) => `Asked on ${day}`,
    why: 'What you wrote',
    answer: 'The answer',
    disagree: {
      title: 'I disagree',
      lead: 'What you write here is kept with the entry, and shown to whoever is shown it.',
      statement: 'Why you disagree',
      send: 'Put it beside the entry',
      done: 'Your statement stands beside the entry now.',
    },
    wrong: {
      reason: 'Say what is wrong.',
      shouldBe: 'Say what it should be.',
      statement: 'Say why you disagree.',
      entry: 'Choose an entry of your record.',
      refused: 'It could not be received:',
    },
  },
  fr: {
    title: 'Corriger quelque chose',
    lead: 'Si quelque chose est faux ou manque dans votre dossier, dites-le. Une personne répond dans les 30 jours, et qui l’a vu auparavant en est informé.',
    kinds: 'De quoi s’agit-il ?',
    about: (kind) => `Laquelle de ces entrées : ${kind} ?`,
    choose: 'Choisir',
    nothing: 'Il n’y a rien de cette catégorie dans votre dossier.',
    other: 'Choisir une autre catégorie',
    entry: 'Au sujet de',
    reason: 'Qu’est-ce qui est faux ?',
    reasonHint: 'Dans vos propres mots.',
    shouldBe: 'Que faudrait-il lire ?',
    shouldBeHint: 'Aussi exactement que possible.',
    send: 'Demander la correction',
    done: 'Votre demande a été reçue. Vous la trouvez ci-dessous.',
    mine: 'Vos demandes',
    none: 'Vous n’avez encore rien demandé.',
    states: { open: 'À l’étude', done: 'Corrigé', refused: 'Refusé', ended: 'Terminé' },
    due: (day) => `Une réponse est due au plus tard le ${day}.`,
    asked: (day) => `Demandé le ${day}`,
    why: 'Ce que vous avez écrit',
    answer: 'La réponse',
    disagree: {
      title: 'Je ne suis pas d’accord',
      lead: 'Ce que vous écrivez ici est gardé avec l’entrée et montré à qui la voit.',
      statement: 'Pourquoi vous n’êtes pas d’accord',
      send: 'Le joindre à l’entrée',
      done: 'Votre déclaration est maintenant jointe à l’entrée.',
    },
    wrong: {
      reason: 'Dites ce qui est faux.',
      shouldBe: 'Dites ce qu’il faudrait lire.',
      statement: 'Dites pourquoi vous n’êtes pas d’accord.',
      entry: 'Choisissez une entrée de votre dossier.',
      refused: 'La demande n’a pas pu être reçue :',
    },
  },
};
