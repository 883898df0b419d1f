import type { Language } from '../../pages/language.ts';

type DevicesWords = {
  title: string;
  lead: string;
  none: string;
  off: string;
  disconnect: string;
  done: string;
  refused: string;
  gone: string;
  apps: string;
};

export const devicesWords: Readonly<Record<Language, DevicesWords>> = {
  en: {
    title: 'My devices',
    lead: 'What measures for you and sends it to your record. What was measured stays when a device is disconnected.',
    none: 'No device sends anything to your record.',
    off: 'Disconnected',
    disconnect: 'Disconnect',
    done: 'The device is disconnected.',
    refused: 'It could not be disconnected:',
    gone: 'it is not among your devices.',
    apps: 'My apps',
  },
  fr: {
    title: 'Mes appareils',
    lead: 'Ce qui mesure pour vous et l’envoie à votre dossier. Les mesures restent quand un appareil est déconnecté.',
    none: 'Aucun appareil n’envoie de mesures à votre dossier.',
    off: 'Déconnecté',
    disconnect: 'Déconnecter',
    done: 'L’appareil est déconnecté.',
    refused: 'Il n’a pas pu être déconnecté :',
    gone: 'il n’est pas parmi vos appareils.',
    apps: 'Mes applications',
  },
};
