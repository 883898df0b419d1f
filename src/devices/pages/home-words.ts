import type { Language } from '../../pages/language.ts';

type HomeWords = {
  title: string;
  readings: string;
  sends: string;
  none: string;
  connect: string;
  states: Readonly<Record<string, string>>;
  kinds: Readonly<Record<string, string>>;
  lastSync: string;
  lastReading: string;
  never: string;
  brings: string;
  all: string;
  problem: string;
  problems: Readonly<Record<string, string>>;
  change: string;
  again: string;
  ended: string;
  until: (day: string) => string;
  measuring: string;
  measuringLead: string;
  off: string;
  switchOff: string;
  privacy: string;
  refused: string;
  gone: string;
  done: Readonly<Record<'connected' | 'chosen' | 'disconnected' | 'erased' | 'off' | 'record', string>>;
};

/** What stands on the first of the pages of devices. */
export const homeWords: Readonly<Record<Language, HomeWords>> = {
  en: {
    title: 'My devices and readings',
    readings: 'My readings',
    sends: 'What sends readings',
    none: 'Nothing is connected. Connect a watch, a scale or an app, and what it measures comes here by itself.',
    connect: 'Connect something',
    states: {
      active: 'Connected',
      expired: 'Has to be connected again',
      revoked: 'Disconnected',
      pending: 'Not finished',
    },
    kinds: { vendor: 'Account at the maker', app: 'App', gateway: 'Device service' },
    lastSync: 'Last heard of',
    lastReading: 'Latest reading',
    never: 'not yet',
    brings: 'May bring',
    all: 'everything that it measures',
    problem: 'Does not come through:',
    problems: {
      unauthorized: 'it takes our access no more. Connect it again.',
      expired: 'it takes our access no more. Connect it again.',
      'rate-limited': 'it was asked too often. It is asked again later.',
      unavailable: 'it does not answer. It is asked again later.',
      refused: 'it does not give what it is asked for. Disconnect it and connect it again.',
    },
    change: 'Choose or disconnect',
    again: 'Connect again',
    ended: 'What was connected before',
    until: (day) => `until ${day}`,
    measuring: 'My devices',
    measuringLead: 'What measures. A device that is not used any more stays named beside its readings.',
    off: 'Not used any more',
    switchOff: 'Not used any more',
    privacy: 'My privacy',
    refused: 'This could not be done:',
    gone: 'it is not among your devices.',
    done: {
      connected: 'It is connected. Its first readings come within minutes.',
      chosen: 'Your choice is kept, and counts from now on.',
      disconnected:
        'It is disconnected: nothing that it sends is stored any more. What it brought before stays in your record.',
      erased:
        'It is disconnected: nothing that it sends is stored any more. What it brought is being deleted; this takes some minutes at most.',
      off: 'The device is marked as not used any more.',
      record: 'This is the record that you chose.',
    },
  },
  fr: {
    title: 'Mes appareils et mes mesures',
    readings: 'Mes mesures',
    sends: 'Ce qui envoie des mesures',
    none: 'Rien n’est connecté. Connectez une montre, une balance ou une application : ses mesures arriveront ici d’elles-mêmes.',
    connect: 'Connecter quelque chose',
    states: { active: 'Connecté', expired: 'À reconnecter', revoked: 'Déconnecté', pending: 'Pas terminé' },
    kinds: { vendor: 'Compte chez le fabricant', app: 'Application', gateway: 'Service d’appareils' },
    lastSync: 'Dernière nouvelle',
    lastReading: 'Dernière mesure',
    never: 'pas encore',
    brings: 'Peut apporter',
    all: 'tout ce qu’il mesure',
    problem: 'N’arrive pas :',
    problems: {
      unauthorized: 'il n’accepte plus notre accès. Reconnectez-le.',
      expired: 'il n’accepte plus notre accès. Reconnectez-le.',
      'rate-limited': 'il a été interrogé trop souvent. Il le sera de nouveau plus tard.',
      unavailable: 'il ne répond pas. Il sera interrogé de nouveau plus tard.',
      refused: 'il ne donne pas ce qui lui est demandé. Déconnectez-le et reconnectez-le.',
    },
    change: 'Choisir ou déconnecter',
    again: 'Reconnecter',
    ended: 'Ce qui était connecté auparavant',
    until: (day) => `jusqu’au ${day}`,
    measuring: 'Mes appareils',
    measuringLead: 'Ce qui mesure. Un appareil qui ne sert plus reste nommé à côté de ses mesures.',
    off: 'Ne sert plus',
    switchOff: 'Ne sert plus',
    privacy: 'Ma vie privée',
    refused: 'Cela n’a pas pu être fait :',
    gone: 'il n’est pas parmi vos appareils.',
    done: {
      connected: 'C’est connecté. Les premières mesures arrivent dans quelques minutes.',
      chosen: 'Votre choix est enregistré et compte dès maintenant.',
      disconnected:
        'C’est déconnecté : rien de ce qu’il envoie n’est plus conservé. Ce qu’il a apporté reste dans votre dossier.',
      erased:
        'C’est déconnecté : rien de ce qu’il envoie n’est plus conservé. Ce qu’il a apporté est en cours de suppression, pour quelques minutes au plus.',
      off: 'L’appareil est indiqué comme ne servant plus.',
      record: 'Voici le dossier que vous avez choisi.',
    },
  },
};
