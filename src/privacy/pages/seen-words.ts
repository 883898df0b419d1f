import type { Language } from '../../pages/language.ts';

/** What somebody who used a record is to whose it is. */
export const kinds = ['own', 'helper', 'care', 'app', 'organization', 'other'] as const;
export type Kind = (typeof kinds)[number];

/** What was done with a record. */
export const deeds = ['viewed', 'changed', 'disclosed', 'access'] as const;
export type Deed = (typeof deeds)[number];

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
  deed: string;
  everyDeed: string;
  deeds: Readonly<Record<Deed, string>>;
  ownToo: string;
  ownHidden: string;
  most: (count: string) => string;
  apply: string;
  clear: string;
  download: string;
  you: string;
  unknown: string;
  withApp: (app: string) => string;
  /** Classes of actors (src/privacy/actors). */
  actors: Readonly<Record<string, string>>;
  acts: Readonly<Record<Exclude<Act, 'E'>, string>>;
  disclosed: string;
  opened: string;
  /** Between what is said and what of. */
  colon: string;
  record: string;
  because: string;
  allowed: string;
  allowedAgain: string;
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
    none: 'There is nothing to show for this time.',
    count: (count) => (count === '1' ? 'One use.' : `${count} uses.`),
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
      other: 'Those who run this service',
    },
    deed: 'What happened',
    everyDeed: 'All',
    deeds: {
      viewed: 'Looked at',
      changed: 'Changed',
      disclosed: 'Given to others',
      access: 'Who may see it was changed',
    },
    ownToo: 'Show my own uses, too',
    ownHidden: 'Your own uses are left out.',
    most: (count) => `Only the newest ${count} are counted here. Choose a shorter time to see the others.`,
    apply: 'Show',
    clear: 'Show all',
    download: 'Download as a table (CSV)',
    you: 'You',
    unknown: 'Somebody without a name here',
    withApp: (app) => `with ${app}`,
    actors: {
      practitioner: 'treats you',
      concierge: 'health concierge',
      'care-agent': 'customer care',
      contractor: 'works for us',
      proxy: 'helps you',
      app: 'an app',
      system: 'another system',
      'hr-admin': 'your employer',
      carrier: 'your insurer',
      'employer-feed': 'your employer',
      'provider-market': 'a service that you booked',
      'device-gateway': 'your device',
      'privacy-officer': 'privacy officer',
      legal: 'legal department',
      sysadmin: 'system administration',
      operator: 'who runs this server',
      server: 'this server',
      analytics: 'statistics',
      marketing: 'marketing',
    },
    acts: { R: 'Looked at', C: 'Added', U: 'Changed', D: 'Deleted' },
    disclosed: 'Was given',
    opened: 'Opened your record, which was closed to them',
    colon: ': ',
    record: 'your record',
    because: 'Why',
    allowed: 'because you allowed it',
    allowedAgain: 'and by another consent',
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
    none: 'Il n’y a rien à montrer pour cette période.',
    count: (count) => (count === '1' ? 'Une utilisation.' : `${count} utilisations.`),
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
      other: 'Ceux qui exploitent ce service',
    },
    deed: 'Ce qui s’est passé',
    everyDeed: 'Tout',
    deeds: {
      viewed: 'Consulté',
      changed: 'Modifié',
      disclosed: 'Transmis à d’autres',
      access: 'Qui peut le voir a été changé',
    },
    ownToo: 'Montrer aussi mes propres utilisations',
    ownHidden: 'Vos propres utilisations ne sont pas montrées.',
    most: (count) =>
      `Seules les ${count} plus récentes sont comptées ici. Choisissez une période plus courte pour voir les autres.`,
    apply: 'Afficher',
    clear: 'Tout afficher',
    download: 'Télécharger en tableau (CSV)',
    you: 'Vous',
    unknown: 'Une personne sans nom ici',
    withApp: (app) => `avec ${app}`,
    actors: {
      practitioner: 'vous soigne',
      concierge: 'concierge santé',
      'care-agent': 'service à la clientèle',
      contractor: 'travaille pour nous',
      proxy: 'vous aide',
      app: 'une application',
      system: 'un autre système',
      'hr-admin': 'votre employeur',
      carrier: 'votre assureur',
      'employer-feed': 'votre employeur',
      'provider-market': 'un service que vous avez réservé',
      'device-gateway': 'votre appareil',
      'privacy-officer': 'responsable de la vie privée',
      legal: 'service juridique',
      sysadmin: 'administration du système',
      operator: 'qui exploite ce serveur',
      server: 'ce serveur',
      analytics: 'statistiques',
      marketing: 'marketing',
    },
    acts: { R: 'Consulté', C: 'Ajouté', U: 'Modifié', D: 'Supprimé' },
    disclosed: 'A reçu',
    opened: 'A ouvert votre dossier, qui lui était fermé',
    colon: ' : ',
    record: 'votre dossier',
    because: 'Pourquoi',
    allowed: 'parce que vous l’avez permis',
    allowedAgain: 'et par un autre consentement',
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
