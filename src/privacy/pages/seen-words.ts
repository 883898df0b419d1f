import type { Language } from '../../pages/language.ts';

/** What somebody who used a record is to whose it is. */
export const kinds = ['own', 'helper', 'care', 'app', 'organization', 'other'] as const;
export type Kind = (typeof kinds)[number];

export type Act = 'C' | 'R' | 'U' | 'D' | 'E';

type SeenWords = {
  title: string;
  lead: string;
  none: string;
  count: (count: string) => string;
  filters: string;
  from: string;
  to: string;
  who: string;
  everybody: string;
  kind: string;
  everyKind: string;
  kinds: Readonly<Record<Kind, string>>;
  apply: string;
  clear: string;
  download: string;
  you: string;
  unknown: string;
  withApp: (app: string) => string;
  of: (organization: string) => string;
  acts: Readonly<Record<Act, string>>;
  record: string;
  because: string;
  allowed: string;
  emergency: string;
  refused: string;
  older: string;
  newer: string;
  wrongDay: string;
  wrongOrder: string;
  chart: { title: string; about: (most: string) => string; week: string; all: string; table: string };
  columns: readonly string[];
};

export const seenWords: Readonly<Record<Language, SeenWords>> = {
  en: {
    title: 'Who saw my record',
    lead: 'Every use of your record is written down before it is shown to anybody, and nobody can change that list.',
    none: 'Nobody has used your record in this time.',
    count: (count) => (count === '1' ? 'One use' : `${count} uses`),
    filters: 'Narrow the list',
    from: 'From',
    to: 'To',
    who: 'Who',
    everybody: 'Everybody',
    kind: 'What they are to you',
    everyKind: 'All',
    kinds: {
      own: 'You yourself',
      helper: 'Who helps you',
      care: 'Doctors and other staff',
      app: 'Apps and systems',
      organization: 'Insurers, employers and other organizations',
      other: 'This server and others',
    },
    apply: 'Show',
    clear: 'Show all',
    download: 'Download as a table (CSV)',
    you: 'You',
    unknown: 'Somebody without a name here',
    withApp: (app) => `with ${app}`,
    of: (organization) => `of ${organization}`,
    acts: { R: 'Looked at', C: 'Added', U: 'Changed', D: 'Deleted', E: 'Used' },
    record: 'your record',
    because: 'Why',
    allowed: 'because you allowed it',
    emergency: 'Emergency',
    refused: 'Refused: nothing was shown',
    older: 'Older',
    newer: 'Newer',
    wrongDay: 'This is not a day.',
    wrongOrder: 'The second day is before the first.',
    chart: {
      title: 'Uses per week',
      about: (most) => `Bars for each week, divided by who it was. The busiest week has ${most} uses.`,
      week: 'Week of',
      all: 'All',
      table: 'The figures as a table',
    },
    columns: ['when', 'who', 'organization', 'app', 'what they did', 'what', 'why', 'emergency', 'refused'],
  },
  fr: {
    title: 'Qui a vu mon dossier',
    lead: 'Chaque utilisation de votre dossier est notée avant que quoi que ce soit soit montré, et personne ne peut changer cette liste.',
    none: 'Personne n’a utilisé votre dossier pendant cette période.',
    count: (count) => (count === '1' ? 'Une utilisation' : `${count} utilisations`),
    filters: 'Restreindre la liste',
    from: 'Du',
    to: 'Au',
    who: 'Qui',
    everybody: 'Tout le monde',
    kind: 'Ce qu’ils sont pour vous',
    everyKind: 'Tous',
    kinds: {
      own: 'Vous-même',
      helper: 'Qui vous aide',
      care: 'Médecins et autres soignants',
      app: 'Applications et systèmes',
      organization: 'Assureurs, employeurs et autres organisations',
      other: 'Ce serveur et d’autres',
    },
    apply: 'Afficher',
    clear: 'Tout afficher',
    download: 'Télécharger en tableau (CSV)',
    you: 'Vous',
    unknown: 'Une personne sans nom ici',
    withApp: (app) => `avec ${app}`,
    of: (organization) => `de ${organization}`,
    acts: { R: 'Consulté', C: 'Ajouté', U: 'Modifié', D: 'Supprimé', E: 'Utilisé' },
    record: 'votre dossier',
    because: 'Pourquoi',
    allowed: 'parce que vous l’avez permis',
    emergency: 'Urgence',
    refused: 'Refusé : rien n’a été montré',
    older: 'Plus ancien',
    newer: 'Plus récent',
    wrongDay: 'Ce n’est pas un jour.',
    wrongOrder: 'Le second jour précède le premier.',
    chart: {
      title: 'Utilisations par semaine',
      about: (most) =>
        `Une barre par semaine, divisée selon qui c’était. La semaine la plus chargée compte ${most} utilisations.`,
      week: 'Semaine du',
      all: 'Total',
      table: 'Les chiffres en tableau',
    },
    columns: ['quand', 'qui', 'organisation', 'application', 'action', 'quoi', 'pourquoi', 'urgence', 'refusé'],
  },
};
