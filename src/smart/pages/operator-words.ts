import type { Language } from '../../pages/language.ts';
import type { Client } from '../clients/client.ts';

export type OperatorWords = {
  title: string;
  parts: { apps: string; people: string; keys: string };
  places: string;
  sought: string;
  find: string;
  none: string;
  most: (lines: number) => string;
  apps: {
    lead: string;
    hint: string;
    name: string;
    by: string;
    byOf: Readonly<Record<Client['registeredBy'], string>>;
    lastUsed: string;
    never: string;
    state: string;
    scopes: string;
    disable: string;
    enable: string;
    done: { disable: (app: string) => string; enable: (app: string) => string };
  };
  people: {
    lead: string;
    hint: string;
    name: string;
    record: string;
    noRecord: string;
    roles: string;
    lastSignIn: string;
    never: string;
    off: string;
    disable: string;
    enable: string;
    self: string;
    done: { disable: (person: string) => string; enable: (person: string) => string };
  };
  access: {
    title: string;
    lead: string;
    note: string;
    noteHint: string;
    noNote: string;
    system: string;
    make: string;
    once: string;
    until: (time: string) => string;
    withSystem: string;
    end: string;
    none: string;
    ended: string;
  };
  keys: {
    title: string;
    lead: string;
    kid: string;
    algorithm: string;
    since: string;
    state: string;
    signs: string;
    retired: (time: string) => string;
    rotate: string;
    rotateLead: string;
    rotateNow: string;
    rotated: string;
  };
};

const en: OperatorWords = {
  title: 'Operator',
  parts: { apps: 'Apps', people: 'People', keys: 'Keys and registration' },
  places: 'Parts of this page',
  sought: 'Search',
  find: 'Search',
  none: 'Nothing was found.',
  most: (lines) => `The first ${lines} are shown. Search to find others.`,
  apps: {
    lead: 'Every app that is registered here.',
    hint: 'A part of the name, the client id, or the user name of whose it is.',
    name: 'App',
    by: 'Registered by',
    byOf: {
      operator: 'the operator',
      developer: 'a developer',
      dynamic: 'itself, with a token',
      udap: 'itself, with a certificate',
      demo: 'the demo',
    },
    lastUsed: 'Last use',
    never: 'never',
    state: 'State',
    scopes: 'May ask for',
    disable: 'Disable',
    enable: 'Let in',
    done: {
      disable: (app) => `${app} is disabled. All that it was granted has ended.`,
      enable: (app) => `${app} is let in.`,
    },
  },
  people: {
    lead: 'Everybody who can sign in here.',
    hint: 'A part of the name, the user name, or the record.',
    name: 'Person',
    record: 'Record',
    noRecord: 'none',
    roles: 'Roles',
    lastSignIn: 'Last sign-in',
    never: 'never',
    off: 'Disabled',
    disable: 'Disable',
    enable: 'Let in again',
    self: 'This is you.',
    done: {
      disable: (person) =>
        `${person} is disabled. They are signed out everywhere, and what apps may do for them has ended.`,
      enable: (person) => `${person} may sign in again.`,
    },
  },
  access: {
    title: 'Registration tokens',
    lead: 'With such a token one app can be registered over the API, within a week.',
    note: 'For whom?',
    noteHint: 'So that you know it again.',
    noNote: 'Say for whom it is.',
    system: 'It may be for a service that sees the records of everybody (system/ scopes).',
    make: 'Make a token',
    once: 'This is the token. It is shown this once.',
    until: (time) => `until ${time}`,
    withSystem: 'with system/ scopes',
    end: 'End',
    none: 'There is no token that can be used.',
    ended: 'The token has ended.',
  },
  keys: {
    title: 'Signing keys',
    lead: 'Tokens are signed with them.',
    kid: 'Key',
    algorithm: 'Algorithm',
    since: 'Made',
    state: 'State',
    signs: 'Signs',
    retired: (time) => `Believed for a day from ${time}`,
    rotate: 'Change the keys',
    rotateLead: 'New keys sign from now on. What the old ones signed stays good until it ends, a day at most.',
    rotateNow: 'Change them now',
    rotated: 'New keys sign from now on.',
  },
};

const fr: OperatorWords = {
  title: 'Opérateur',
  parts: { apps: 'Applications', people: 'Personnes', keys: 'Clés et enregistrement' },
  places: 'Parties de cette page',
  sought: 'Chercher',
  find: 'Chercher',
  none: 'Rien n’a été trouvé.',
  most: (lines) => `Les ${lines} premiers sont montrés. Cherchez pour trouver les autres.`,
  apps: {
    lead: 'Toutes les applications enregistrées ici.',
    hint: 'Une partie du nom, l’identifiant, ou le nom d’utilisateur de son propriétaire.',
    name: 'Application',
    by: 'Enregistrée par',
    byOf: {
      operator: 'l’opérateur',
      developer: 'un développeur',
      dynamic: 'elle-même, avec un jeton',
      udap: 'elle-même, avec un certificat',
      demo: 'la démonstration',
    },
    lastUsed: 'Dernière utilisation',
    never: 'jamais',
    state: 'État',
    scopes: 'Peut demander',
    disable: 'Désactiver',
    enable: 'Admettre',
    done: {
      disable: (app) => `${app} est désactivée. Tout ce qu’on lui avait permis a pris fin.`,
      enable: (app) => `${app} est admise.`,
    },
  },
  people: {
    lead: 'Toutes les personnes qui peuvent se connecter ici.',
    hint: 'Une partie du nom, du nom d’utilisateur ou du dossier.',
    name: 'Personne',
    record: 'Dossier',
    noRecord: 'aucun',
    roles: 'Rôles',
    lastSignIn: 'Dernière connexion',
    never: 'jamais',
    off: 'Désactivé',
    disable: 'Désactiver',
    enable: 'Réadmettre',
    self: 'C’est vous.',
    done: {
      disable: (person) =>
        `Le compte ${person} est désactivé : déconnecté partout, et ce que des applications pouvaient faire a pris fin.`,
      enable: (person) => `Le compte ${person} peut à nouveau se connecter.`,
    },
  },
  access: {
    title: 'Jetons d’enregistrement',
    lead: 'Avec un tel jeton, une application peut être enregistrée par l’API, pendant une semaine.',
    note: 'Pour qui ?',
    noteHint: 'Pour le reconnaître.',
    noNote: 'Dites pour qui il est.',
    system: 'Il peut servir à un service qui voit les dossiers de tout le monde (permissions system/).',
    make: 'Créer un jeton',
    once: 'Voici le jeton. Il n’est montré que cette fois.',
    until: (time) => `jusqu’au ${time}`,
    withSystem: 'avec les permissions system/',
    end: 'Mettre fin',
    none: 'Aucun jeton ne peut être utilisé.',
    ended: 'Le jeton a pris fin.',
  },
  keys: {
    title: 'Clés de signature',
    lead: 'Les jetons sont signés avec elles.',
    kid: 'Clé',
    algorithm: 'Algorithme',
    since: 'Créée',
    state: 'État',
    signs: 'Signe',
    retired: (time) => `Crue pendant un jour dès le ${time}`,
    rotate: 'Changer les clés',
    rotateLead:
      'De nouvelles clés signent dès maintenant. Ce que les anciennes ont signé reste valable jusqu’à sa fin, un jour au plus.',
    rotateNow: 'Les changer maintenant',
    rotated: 'De nouvelles clés signent dès maintenant.',
  },
};

export const operatorWords: Readonly<Record<Language, OperatorWords>> = { en, fr };
