import type { Language } from '../../pages/language.ts';

type FrameWords = {
  devices: string;
  /** The readings of a patient, for who treats them. */
  of: (name: string) => string;
  patients: string;
  latest: string;
  nobody: string;
  care: { title: string; text: string };
};

/** What stands on every page of devices. */
export const frameWords: Readonly<Record<Language, FrameWords>> = {
  en: {
    devices: 'My devices and readings',
    of: (name) => `Readings of ${name}`,
    patients: 'Readings of patients',
    latest: 'The latest',
    nobody: 'There is nobody here whom you treat.',
    care: {
      title: 'This page is for those who treat',
      text: 'Here clinicians see what the devices of their patients have measured. Your own readings are under “My devices and readings”.',
    },
  },
  fr: {
    devices: 'Mes appareils et mes mesures',
    of: (name) => `Mesures de ${name}`,
    patients: 'Mesures des patients',
    latest: 'Les plus récentes',
    nobody: 'Il n’y a ici personne que vous soignez.',
    care: {
      title: 'Cette page est destinée aux soignants',
      text: 'Les soignants y voient ce que les appareils de leurs patients ont mesuré. Vos propres mesures sont sous « Mes appareils et mes mesures ».',
    },
  },
};
