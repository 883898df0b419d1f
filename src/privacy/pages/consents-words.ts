import type { Language } from '../../pages/language.ts';

/** What has just been done with a consent. */
export type ConsentDone = 'given' | 'withdrawn' | 'narrowed';

type ConsentsWords = {
  title: string;
  lead: string;
  none: string;
  active: string;
  ended: string;
  give: string;
  open: string;
  withdraw: string;
  /** Said to who hears the button alone. */
  withdrawOf: (name: string) => string;
  withdrawLead: string;
  done: Readonly<Record<ConsentDone, string>>;
  allows: (who: string) => string;
  keepsAway: (who: string) => string;
  /** An exception of the consent above it. */
  but: { permit: string; deny: string };
  anybody: string;
  treats: string;
  app: (name: string) => string;
  what: string;
  why: string;
  until: string;
  since: string;
  everything: string;
  /** `mental health`, … */
  matters: (list: string) => string;
  alsoMatters: (list: string) => string;
  between: (start: string, end: string) => string;
  after: (start: string) => string;
  before: (end: string) => string;
  entries: (count: number) => string;
  forever: string;
  untilDay: (day: string) => string;
  given: (day: string) => string;
  by: (name: string) => string;
  states: Readonly<Record<'active' | 'inactive' | 'expired' | 'other', string>>;
  history: string;
  version: (number: string) => string;
  one: string;
  narrow: { title: string; lead: string; until: string; save: string; wrong: string };
  appHint: string;
  appLink: string;
  acknowledgement: string;
  refused: string;
};

export const consentsWords: Readonly<Record<Language, ConsentsWords>> = {
  en: {
    title: 'My consents',
    lead: 'What you allowed others to see of your record, and what you keep from them. A change counts from the next time that somebody asks.',
    none: 'There is no consent.',
    active: 'In force',
    ended: 'No longer in force',
    give: 'Give a consent, or keep somebody away',
    open: 'Details, limits and history',
    withdraw: 'Withdraw',
    withdrawOf: (name) => `the consent: ${name}`,
    withdrawLead: 'It ends at once. What was seen before stays seen: “Who saw my record” lists it.',
    done: {
      given: 'Your consent is in force.',
      withdrawn: 'It is withdrawn. It has no effect any more, from now on.',
      narrowed: 'The new end is in force.',
    },
    allows: (who) => `You allow: ${who}`,
    keepsAway: (who) => `You keep away: ${who}`,
    but: { permit: 'But allowed:', deny: 'But kept away:' },
    anybody: 'everybody who asks',
    treats: 'everybody who treats you',
    app: (name) => `the app ${name}`,
    what: 'What',
    why: 'What for',
    until: 'How long',
    since: 'Since',
    everything: 'Everything in your record',
    matters: (list) => `What is sensitive: ${list}`,
    alsoMatters: (list) => `And what is sensitive: ${list}`,
    between: (start, end) => `between ${start} and ${end}`,
    after: (start) => `since ${start}`,
    before: (end) => `up to ${end}`,
    entries: (count) =>
      count === 1 ? 'one entry that you chose, and what belongs to it' : `${count} entries that you chose`,
    forever: 'Until you withdraw it',
    untilDay: (day) => `Until ${day}`,
    given: (day) => `Given on ${day}`,
    by: (name) => `by ${name}`,
    states: { active: 'In force', inactive: 'Withdrawn', expired: 'Its time is over', other: 'Not in force' },
    history: 'What became of it',
    version: (number) => `Version ${number}`,
    one: 'A consent',
    narrow: {
      title: 'Let it end sooner',
      lead: 'It then ends by itself at the end of that day.',
      until: 'Last day',
      save: 'Set the end',
      wrong: 'Choose a day from today on, and not after the end that it has.',
    },
    appHint: 'What an app may do is looked after together with the app.',
    appLink: 'My apps',
    acknowledgement: 'You read the privacy policy',
    refused: 'That could not be done:',
  },
  fr: {
    title: 'Mes consentements',
    lead: 'Ce que vous permettez à d’autres de voir de votre dossier, et ce que vous leur refusez. Un changement vaut dès la prochaine demande de consultation.',
    none: 'Il n’y a aucun consentement.',
    active: 'En vigueur',
    ended: 'Plus en vigueur',
    give: 'Donner un consentement, ou refuser un accès',
    open: 'Détails, limites et historique',
    withdraw: 'Retirer',
    withdrawOf: (name) => `le consentement : ${name}`,
    withdrawLead:
      'Il prend fin aussitôt. Ce qui a été vu avant reste vu : la page « Qui a vu mon dossier » en donne la liste.',
    done: {
      given: 'Votre consentement est en vigueur.',
      withdrawn: 'Il est retiré. Il n’a plus aucun effet à partir de maintenant.',
      narrowed: 'La nouvelle date de fin est en vigueur.',
    },
    allows: (who) => `Vous permettez : ${who}`,
    keepsAway: (who) => `Vous refusez : ${who}`,
    but: { permit: 'Mais permis :', deny: 'Mais refusé :' },
    anybody: 'toute personne qui demande',
    treats: 'toutes les personnes qui vous soignent',
    app: (name) => `l’application ${name}`,
    what: 'Quoi',
    why: 'Pour quoi',
    until: 'Durée',
    since: 'Depuis',
    everything: 'Tout votre dossier',
    matters: (list) => `Ce qui est sensible : ${list}`,
    alsoMatters: (list) => `Et ce qui est sensible : ${list}`,
    between: (start, end) => `du ${start} au ${end}`,
    after: (start) => `depuis le ${start}`,
    before: (end) => `jusqu’au ${end}`,
    entries: (count) =>
      count === 1
        ? 'une entrée que vous avez choisie, et ce qui en fait partie'
        : `${count} entrées que vous avez choisies`,
    forever: 'Jusqu’à ce que vous le retiriez',
    untilDay: (day) => `Jusqu’au ${day}`,
    given: (day) => `Donné le ${day}`,
    by: (name) => `par ${name}`,
    states: { active: 'En vigueur', inactive: 'Retiré', expired: 'Sa durée est écoulée', other: 'Pas en vigueur' },
    history: 'Son historique',
    version: (number) => `Version ${number}`,
    one: 'Un consentement',
    narrow: {
      title: 'Y mettre fin plus tôt',
      lead: 'Il prend alors fin de lui-même à la fin de ce jour.',
      until: 'Dernier jour',
      save: 'Fixer la fin',
      wrong: 'Choisissez un jour à partir d’aujourd’hui, et pas après la fin prévue.',
    },
    appHint: 'Ce qu’une application peut faire se règle avec l’application.',
    appLink: 'Mes applications',
    acknowledgement: 'Vous avez lu la politique de confidentialité',
    refused: 'Cela n’a pas pu être fait :',
  },
};

const purposes: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  TREAT: { en: 'to treat you', fr: 'pour vous soigner' },
  ETREAT: { en: 'to treat you in an emergency', fr: 'pour vous soigner en urgence' },
  BTG: { en: 'in an emergency, although it was closed', fr: 'en urgence, bien que ce fût fermé' },
  CAREMGT: { en: 'to look after your care', fr: 'pour organiser vos soins' },
  HPAYMT: { en: 'to pay for your care', fr: 'pour payer vos soins' },
  HOPERAT: { en: 'to run the services', fr: 'pour faire fonctionner les services' },
  HMARKT: { en: 'to tell you of offers', fr: 'pour vous informer d’offres' },
  HRESCH: { en: 'for research', fr: 'pour la recherche' },
  PATRQT: { en: 'because you asked for it', fr: 'parce que vous l’avez demandé' },
  FAMRQT: { en: 'because somebody who helps you asked for it', fr: 'à la demande d’une personne qui vous aide' },
  PWATRNY: {
    en: 'because somebody who acts for you asked for it',
    fr: 'à la demande d’une personne qui agit pour vous',
  },
  ENROLLM: { en: 'to enrol you in a plan', fr: 'pour vous inscrire à un régime' },
  ELIGDTRM: { en: 'to find out what you are entitled to', fr: 'pour déterminer vos droits' },
  COVERAGE: { en: 'for your insurance', fr: 'pour votre assurance' },
  CLMATTCH: { en: 'to support a bill', fr: 'pour appuyer une facture' },
  HLEGAL: { en: 'because the law demands it', fr: 'parce que la loi l’exige' },
  HCOMPL: { en: 'to look into how privacy is kept', fr: 'pour vérifier la protection de la vie privée' },
  RECORDMGT: { en: 'to look after the records', fr: 'pour tenir les dossiers' },
  HSYSADMIN: { en: 'to keep the server running', fr: 'pour entretenir le serveur' },
  FRAUD: { en: 'to find out about fraud', fr: 'pour détecter la fraude' },
};

/** What somebody acts for, in plain words; null where the code has none. */
export const purposeInWords = (language: Language, code: string): string | null =>
  Object.hasOwn(purposes, code) ? (purposes[code]?.[language] ?? null) : null;
