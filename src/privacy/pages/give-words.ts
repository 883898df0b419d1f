import type { Language } from '../../pages/language.ts';

type GiveWords = {
  title: string;
  who: string;
  whoLead: string;
  care: string;
  careHint: string;
  search: string;
  searchHint: string;
  find: string;
  none: string;
  found: string;
  choose: (name: string) => string;
  another: string;
  about: (name: string) => string;
  decision: string;
  permit: string;
  deny: string;
  denyHint: string;
  kinds: string;
  kindsHint: string;
  matters: string;
  mattersHint: string;
  period: string;
  periodHint: string;
  from: string;
  to: string;
  visit: string;
  visitHint: string;
  everyVisit: string;
  visitOn: (day: string, what: string) => string;
  until: string;
  untilHint: string;
  save: string;
  wrong: {
    who: string;
    decision: string;
    date: string;
    order: string;
    until: string;
    visit: string;
    nobody: string;
    refused: string;
  };
};

export const giveWords: Readonly<Record<Language, GiveWords>> = {
  en: {
    title: 'Give a consent, or keep somebody away',
    who: 'Who is it about?',
    whoLead: 'Choose one of these, or search for a person or a place.',
    care: 'Everybody who treats me',
    careHint:
      'If you allow: those who treat you now, by their names. If you keep away: all doctors, nurses and other staff.',
    search: 'Search by name',
    searchHint: 'A doctor, a nurse, a clinic, a laboratory, an employer or an insurer.',
    find: 'Search',
    none: 'Nobody here has such a name.',
    found: 'Found',
    choose: (name) => `Choose ${name}`,
    another: 'Choose somebody else',
    about: (name) => `About: ${name}`,
    decision: 'What do you want?',
    permit: 'Allow it',
    deny: 'Keep away',
    denyHint: 'In an emergency somebody who treats you can still look, must say why, and you are told.',
    kinds: 'Only some kinds',
    kindsHint: 'Leave all of them empty for every kind.',
    matters: 'Sensitive matters',
    mattersHint:
      'If you allow: what you tick is opened, too; the rest of it stays closed. If you keep away: only what you tick is closed.',
    period: 'Only what is from some time',
    periodHint: 'Both days may be left empty.',
    from: 'From',
    to: 'To',
    visit: 'Only one visit',
    visitHint: 'With everything that belongs to it.',
    everyVisit: 'No, not one visit only',
    visitOn: (day, what) => (what === '' ? day : `${day}: ${what}`),
    until: 'Until',
    untilHint: 'The last day on which it holds. Leave it empty, and it holds until you withdraw it.',
    save: 'Put it in force',
    wrong: {
      who: 'Choose who it is about.',
      decision: 'Choose whether you allow it, or keep away.',
      date: 'This is not a day.',
      order: 'The second day is before the first.',
      until: 'Choose a day from today on.',
      visit: 'Choose one of your visits.',
      nobody: 'Nobody treats you here at the moment.',
      refused: 'It could not be put in force:',
    },
  },
  fr: {
    title: 'Donner un consentement, ou refuser un accès',
    who: 'De qui s’agit-il ?',
    whoLead: 'Choisissez ci-dessous, ou cherchez une personne ou un lieu.',
    care: 'Toutes les personnes qui me soignent',
    careHint:
      'Si vous permettez : ceux qui vous soignent maintenant, nommément. Si vous refusez : tous les médecins, infirmières et autres soignants.',
    search: 'Chercher par nom',
    searchHint: 'Un médecin, une infirmière, une clinique, un laboratoire, un employeur ou un assureur.',
    find: 'Chercher',
    none: 'Personne ici ne porte un tel nom.',
    found: 'Trouvé',
    choose: (name) => `Choisir ${name}`,
    another: 'Choisir quelqu’un d’autre',
    about: (name) => `Au sujet de : ${name}`,
    decision: 'Que voulez-vous ?',
    permit: 'Permettre',
    deny: 'Refuser',
    denyHint:
      'En urgence, une personne qui vous soigne peut tout de même consulter ; elle doit dire pourquoi, et vous en êtes informé.',
    kinds: 'Seulement certaines catégories',
    kindsHint: 'Ne cochez rien pour toutes les catégories.',
    matters: 'Sujets sensibles',
    mattersHint:
      'Si vous permettez : ce que vous cochez est ouvert aussi ; le reste demeure fermé. Si vous refusez : seul ce que vous cochez est fermé.',
    period: 'Seulement une période',
    periodHint: 'Les deux jours peuvent rester vides.',
    from: 'Du',
    to: 'Au',
    visit: 'Seulement une consultation',
    visitHint: 'Avec tout ce qui en fait partie.',
    everyVisit: 'Non, pas une seule consultation',
    visitOn: (day, what) => (what === '' ? day : `${day} : ${what}`),
    until: 'Jusqu’au',
    untilHint: 'Le dernier jour où il vaut. Laissez vide pour qu’il vaille jusqu’à ce que vous le retiriez.',
    save: 'Mettre en vigueur',
    wrong: {
      who: 'Choisissez de qui il s’agit.',
      decision: 'Choisissez si vous permettez ou si vous refusez.',
      date: 'Ce n’est pas un jour.',
      order: 'Le second jour précède le premier.',
      until: 'Choisissez un jour à partir d’aujourd’hui.',
      visit: 'Choisissez une de vos consultations.',
      nobody: 'Personne ne vous soigne ici en ce moment.',
      refused: 'Il n’a pas pu être mis en vigueur :',
    },
  },
};
