import type { Language } from '../../pages/language.ts';

export type CopyState = 'waiting' | 'ready' | 'fetched' | 'expired';

type CopyWords = {
  title: string;
  lead: string;
  what: string;
  ask: string;
  asked: string;
  mine: string;
  none: string;
  of: (moment: string) => string;
  states: Readonly<Record<CopyState, string>>;
  waitingHint: string;
  again: string;
  until: (moment: string) => string;
  open: string;
  fetch: { title: string; lead: string; warn: string; button: string; gone: string; back: string };
  refused: string;
};

export const copyWords: Readonly<Record<Language, CopyWords>> = {
  en: {
    title: 'My copy',
    lead: 'You can take everything with you that is here about you: your record, your documents, your account, your consents, and who saw what.',
    what: 'You get one archive: a page to read, and files that other programs understand (FHIR). It can be fetched once, within 72 hours, by you, after you have signed in again.',
    ask: 'Make a copy',
    asked: 'Your copy is being made.',
    mine: 'Your copies',
    none: 'You have asked for no copy lately.',
    of: (moment) => `Asked for on ${moment}`,
    states: { waiting: 'Being made', ready: 'Ready', fetched: 'Fetched', expired: 'Expired' },
    waitingHint: 'It takes a minute or so. This page looks by itself whether it is ready.',
    again: 'Look again',
    until: (moment) => `It can be fetched until ${moment}.`,
    open: 'Fetch it',
    fetch: {
      title: 'Fetch my copy',
      lead: 'The archive holds all of your record. Keep it where only you can open it.',
      warn: 'It can be fetched once. If the download breaks off, ask for another copy.',
      button: 'Download',
      gone: 'This copy cannot be fetched:',
      back: 'My copies',
    },
    refused: 'The copy could not be asked for:',
  },
  fr: {
    title: 'Ma copie',
    lead: 'Vous pouvez emporter tout ce qui est ici à votre sujet : votre dossier, vos documents, votre compte, vos consentements et qui a vu quoi.',
    what: 'Vous recevez une archive : une page à lire, et des fichiers que d’autres programmes comprennent (FHIR). Elle peut être téléchargée une fois, dans les 72 heures, par vous, après une nouvelle connexion.',
    ask: 'Préparer une copie',
    asked: 'Votre copie est en préparation.',
    mine: 'Vos copies',
    none: 'Vous n’avez demandé aucune copie récemment.',
    of: (moment) => `Demandée le ${moment}`,
    states: { waiting: 'En préparation', ready: 'Prête', fetched: 'Téléchargée', expired: 'Expirée' },
    waitingHint: 'Cela prend environ une minute. Cette page vérifie d’elle-même si elle est prête.',
    again: 'Vérifier',
    until: (moment) => `Elle peut être téléchargée jusqu’au ${moment}.`,
    open: 'La télécharger',
    fetch: {
      title: 'Télécharger ma copie',
      lead: 'L’archive contient tout votre dossier. Gardez-la là où vous seul pouvez l’ouvrir.',
      warn: 'Elle ne peut être téléchargée qu’une fois. Si le téléchargement s’interrompt, demandez une autre copie.',
      button: 'Télécharger',
      gone: 'Cette copie ne peut pas être téléchargée :',
      back: 'Mes copies',
    },
    refused: 'La copie n’a pas pu être demandée :',
  },
};
