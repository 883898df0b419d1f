import type { Language } from '../../pages/language.ts';

type ChoiceWords = {
  title: (name: string) => string;
  lead: string;
  legend: string;
  all: string;
  some: string;
  which: string;
  priority: string;
  first: string;
  usual: string;
  last: string;
  priorityHint: string;
  keep: string;
  refused: string;
  nothing: string;
  wider: (name: string) => string;
  later: string;
  connect: {
    title: string;
    lead: string;
    none: string;
    apps: string;
    appsLead: string;
    open: string;
    connected: string;
    one: (name: string) => string;
    oneLead: (name: string) => string;
    agree: string;
    ready: (name: string) => string;
    go: (name: string) => string;
    failed: (name: string) => string;
    again: string;
  };
};

/** What stands where a source of readings is connected, chosen of and disconnected. */
export const choiceWords: Readonly<Record<Language, ChoiceWords>> = {
  en: {
    title: (name) => name,
    lead: 'Choose what it may bring into your record. What you do not choose is turned away and kept nowhere.',
    legend: 'What it may bring',
    all: 'Everything that it measures',
    some: 'Only what I choose below',
    which: 'Choose what',
    priority: 'Where it measures the same as another source',
    first: 'Summaries prefer this one',
    usual: 'No preference',
    last: 'Summaries prefer the other',
    priorityHint: 'All readings are kept. This says which of them daily totals and averages are made of.',
    keep: 'Keep this choice',
    refused: 'This could not be done:',
    nothing: 'choose at least one thing, or everything.',
    wider: (name) =>
      `Your choice is kept. ${name} does not give some of it yet, because you have not agreed to that there. Connect it again to have it brought.`,
    later: 'Later',
    connect: {
      title: 'Connect something',
      lead: 'Choose who keeps what your device measures. You sign in there, and nothing comes before you agree.',
      none: 'No maker of devices has been set up on this server.',
      apps: 'Apps',
      appsLead:
        'An app of yours sends readings once you let it in with your account here. Those that you let in are under',
      open: 'My apps',
      connected: 'Connected',
      one: (name) => `Connect ${name}`,
      oneLead: (name) =>
        `Choose what ${name} may bring into your record. Then you go on to ${name}, sign in there and agree; you can disconnect it here at any time.`,
      agree: 'Keep this choice and go on',
      ready: (name) => `Your choice is kept. Now sign in at ${name} and agree there; then you come back here.`,
      go: (name) => `Go on to ${name}`,
      failed: (name) => `${name} was not connected:`,
      again: 'Try again',
    },
  },
  fr: {
    title: (name) => name,
    lead: 'Choisissez ce qu’il peut apporter dans votre dossier. Ce que vous ne choisissez pas est refusé et conservé nulle part.',
    legend: 'Ce qu’il peut apporter',
    all: 'Tout ce qu’il mesure',
    some: 'Seulement ce que je choisis ci-dessous',
    which: 'Choisissez quoi',
    priority: 'Quand il mesure la même chose qu’une autre source',
    first: 'Les résumés préfèrent celle-ci',
    usual: 'Aucune préférence',
    last: 'Les résumés préfèrent l’autre',
    priorityHint:
      'Toutes les mesures sont conservées. Ceci dit lesquelles forment les totaux et les moyennes par jour.',
    keep: 'Enregistrer ce choix',
    refused: 'Cela n’a pas pu être fait :',
    nothing: 'choisissez au moins une chose, ou tout.',
    wider: (name) =>
      `Votre choix est enregistré. ${name} n’en donne pas encore une partie, car vous n’y avez pas donné votre accord. Reconnectez-le pour qu’elle arrive.`,
    later: 'Plus tard',
    connect: {
      title: 'Connecter quelque chose',
      lead: 'Choisissez qui garde ce que votre appareil mesure. Vous vous y connectez, et rien n’arrive avant votre accord.',
      none: 'Aucun fabricant d’appareils n’est configuré sur ce serveur.',
      apps: 'Applications',
      appsLead:
        'Une de vos applications envoie des mesures dès que vous lui donnez accès avec votre compte ici. Celles qui ont accès sont sous',
      open: 'Mes applications',
      connected: 'Connecté',
      one: (name) => `Connecter ${name}`,
      oneLead: (name) =>
        `Choisissez ce que ${name} peut apporter dans votre dossier. Vous allez ensuite chez ${name}, vous vous y connectez et donnez votre accord ; vous pouvez le déconnecter ici à tout moment.`,
      agree: 'Enregistrer ce choix et continuer',
      ready: (name) =>
        `Votre choix est enregistré. Connectez-vous maintenant chez ${name} et donnez-y votre accord ; vous reviendrez ensuite ici.`,
      go: (name) => `Continuer vers ${name}`,
      failed: (name) => `${name} n’a pas été connecté :`,
      again: 'Réessayer',
    },
  },
};
