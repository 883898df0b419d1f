import type { Appointment } from '@medplum/fhirtypes';

import type { Language } from '../../pages/language.ts';

type Done = 'booked' | 'moved' | 'cancelled';
type Problem = 'taken' | 'own' | 'soon' | 'many' | 'begun' | 'refused';

type VisitsWords = {
  title: string;
  coming: string;
  none: string;
  past: string;
  book: string;
  join: string;
  change: string;
  cancel: string;
  file: string;
  confirm: string;
  of: (when: string) => string;
  video: string;
  visit: string;
  withWhom: (what: string, name: string) => string;
  facts: { what: string; day: string; time: string };
  statuses: Readonly<Record<Appointment['status'], string>>;
  done: Readonly<Record<Done, string>>;
  problems: Readonly<Record<Problem, string>>;
  find: {
    title: string;
    lead: string;
    who: string;
    anybody: string;
    kind: string;
    any: string;
    show: string;
    times: string;
    zone: (name: string) => string;
    none: string;
    later: string;
  };
  confirming: { title: string; lead: (until: string) => string; book: string; other: string };
  changing: { title: string; lead: (when: string) => string };
  cancelling: { title: string; lead: string; why: string; whyHint: string; yes: string; no: string };
  calendar: { description: (when: string) => string };
};

export const visitsWords: Readonly<Record<Language, VisitsWords>> = {
  en: {
    title: 'My visits',
    coming: 'Coming visits',
    none: 'There is no visit to come.',
    past: 'Past visits',
    book: 'Book a visit',
    join: 'Join the visit',
    change: 'Change the time',
    cancel: 'Cancel',
    file: 'Add to my calendar',
    confirm: 'Confirm this time',
    of: (when) => `, visit of ${when}`,
    video: 'Visit by video',
    visit: 'Visit at the clinic',
    withWhom: (what, name) => `${what} with ${name}`,
    facts: { what: 'What', day: 'Day', time: 'Time' },
    statuses: {
      proposed: 'proposed',
      pending: 'not confirmed yet',
      booked: 'booked',
      arrived: 'in the waiting room',
      'checked-in': 'under way',
      fulfilled: 'took place',
      cancelled: 'cancelled',
      noshow: 'did not take place',
      waitlist: 'on the waiting list',
      'entered-in-error': 'entered by mistake',
    },
    done: {
      booked: 'Your visit is booked. A message about it is in your messages.',
      moved: 'Your visit has its new time.',
      cancelled: 'The visit is cancelled, and everybody in it was told.',
    },
    problems: {
      taken: 'Somebody else has taken this time. Choose another.',
      own: 'There is another visit at this time. Choose another time.',
      soon: 'This time is too soon to be booked here. Choose a later one, or call the clinic.',
      many: 'Several times are being held for you already. Confirm one of them, or wait ten minutes.',
      begun: 'The visit has begun or is over, so that this cannot be done any more.',
      refused: 'This could not be done, and nothing was changed. Choose again, or call the clinic.',
    },
    find: {
      title: 'Book a visit',
      lead: 'Choose with whom, and then a time. It is kept for you for ten minutes, until you confirm it.',
      who: 'With whom',
      anybody: 'Whoever has time',
      kind: 'What kind of visit',
      any: 'Any',
      show: 'Show times',
      times: 'Free times',
      zone: (name) => `All times are in ${name}.`,
      none: 'There is no free time then. Choose somebody else, or look later.',
      later: 'Later times',
    },
    confirming: {
      title: 'Confirm your visit',
      lead: (until) => `This time is kept for you until ${until}.`,
      book: 'Book this visit',
      other: 'Choose another time',
    },
    changing: {
      title: 'Change the time',
      lead: (when) => `Your visit is now on ${when}. It stays so until you choose.`,
    },
    cancelling: {
      title: 'Cancel this visit?',
      lead: 'The time is given to others. Everybody in the visit is told that it was cancelled.',
      why: 'Why (you need not say)',
      whyHint: 'Everybody in the visit can read it.',
      yes: 'Cancel the visit',
      no: 'Keep it',
    },
    calendar: { description: (when) => `${when}. At that time open the address of the visit and sign in.` },
  },
  fr: {
    title: 'Mes rendez-vous',
    coming: 'Rendez-vous à venir',
    none: 'Aucun rendez-vous à venir.',
    past: 'Rendez-vous passés',
    book: 'Prendre rendez-vous',
    join: 'Rejoindre la visite',
    change: 'Changer l’heure',
    cancel: 'Annuler',
    file: 'Ajouter à mon calendrier',
    confirm: 'Confirmer cette heure',
    of: (when) => `, rendez-vous du ${when}`,
    video: 'Visite vidéo',
    visit: 'Rendez-vous à la clinique',
    withWhom: (what, name) => `${what} avec ${name}`,
    facts: { what: 'Quoi', day: 'Jour', time: 'Heure' },
    statuses: {
      proposed: 'proposé',
      pending: 'pas encore confirmé',
      booked: 'réservé',
      arrived: 'dans la salle d’attente',
      'checked-in': 'en cours',
      fulfilled: 'a eu lieu',
      cancelled: 'annulé',
      noshow: 'n’a pas eu lieu',
      waitlist: 'sur la liste d’attente',
      'entered-in-error': 'saisi par erreur',
    },
    done: {
      booked: 'Votre rendez-vous est pris. Un message à ce sujet est dans vos messages.',
      moved: 'Votre rendez-vous a sa nouvelle heure.',
      cancelled: 'Le rendez-vous est annulé, et tous les participants en ont été avisés.',
    },
    problems: {
      taken: 'Quelqu’un d’autre a pris cette heure. Choisissez-en une autre.',
      own: 'Il y a un autre rendez-vous à cette heure. Choisissez une autre heure.',
      soon: 'Cette heure est trop proche pour être réservée ici. Choisissez-en une plus tard, ou appelez la clinique.',
      many: 'Plusieurs heures sont déjà retenues pour vous. Confirmez-en une, ou attendez dix minutes.',
      begun: 'La visite a commencé ou est terminée : ce n’est plus possible.',
      refused: 'Cela n’a pas pu se faire, et rien n’a été changé. Choisissez encore, ou appelez la clinique.',
    },
    find: {
      title: 'Prendre rendez-vous',
      lead: 'Choisissez avec qui, puis une heure. Elle est retenue pour vous pendant dix minutes, jusqu’à ce que vous la confirmiez.',
      who: 'Avec qui',
      anybody: 'La première personne disponible',
      kind: 'Quel genre de rendez-vous',
      any: 'Peu importe',
      show: 'Voir les heures',
      times: 'Heures libres',
      zone: (name) => `Toutes les heures sont en ${name}.`,
      none: 'Il n’y a aucune heure libre à ce moment. Choisissez quelqu’un d’autre, ou cherchez plus tard.',
      later: 'Heures plus tardives',
    },
    confirming: {
      title: 'Confirmez votre rendez-vous',
      lead: (until) => `Cette heure est retenue pour vous jusqu’à ${until}.`,
      book: 'Prendre ce rendez-vous',
      other: 'Choisir une autre heure',
    },
    changing: {
      title: 'Changer l’heure',
      lead: (when) => `Votre rendez-vous est maintenant le ${when}. Il le reste jusqu’à ce que vous choisissiez.`,
    },
    cancelling: {
      title: 'Annuler ce rendez-vous ?',
      lead: 'L’heure est donnée à d’autres. Tous les participants sont avisés de l’annulation.',
      why: 'Pourquoi (facultatif)',
      whyHint: 'Tous les participants peuvent le lire.',
      yes: 'Annuler le rendez-vous',
      no: 'Le garder',
    },
    calendar: { description: (when) => `${when}. À cette heure, ouvrez l’adresse de la visite et connectez-vous.` },
  },
};
