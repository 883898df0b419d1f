import type { Language } from '../../pages/language.ts';

type DisconnectWords = {
  title: string;
  lead: string;
  readings: string;
  keep: string;
  erase: string;
  disconnect: string;
  sure: {
    title: (name: string) => string;
    lead: (name: string) => string;
    goes: string;
    stays: string;
    erase: string;
    back: string;
  };
};

/** What stands where a source of readings is disconnected. */
export const disconnectWords: Readonly<Record<Language, DisconnectWords>> = {
  en: {
    title: 'Disconnect',
    lead: 'From the moment you disconnect it nothing that it sends is stored. You can connect it again at any time.',
    readings: 'What it has brought so far',
    keep: 'Stays in my record',
    erase: 'Is deleted for good',
    disconnect: 'Disconnect',
    sure: {
      title: (name) => `Delete what ${name} has brought?`,
      lead: (name) => `${name} is disconnected, and everything that it has brought is deleted. This cannot be undone.`,
      goes: 'Its readings go with all their earlier versions, what it sent, and daily totals and averages as far as they are made of them.',
      stays: 'Readings of other sources stay, and totals and averages are made of them anew.',
      erase: 'Disconnect and delete',
      back: 'Go back, delete nothing',
    },
  },
  fr: {
    title: 'Déconnecter',
    lead: 'Dès que vous le déconnectez, rien de ce qu’il envoie n’est conservé. Vous pouvez le reconnecter à tout moment.',
    readings: 'Ce qu’il a apporté jusqu’ici',
    keep: 'Reste dans mon dossier',
    erase: 'Est supprimé définitivement',
    disconnect: 'Déconnecter',
    sure: {
      title: (name) => `Supprimer ce que ${name} a apporté ?`,
      lead: (name) => `${name} est déconnecté, et tout ce qu’il a apporté est supprimé. Cela ne peut pas être annulé.`,
      goes: 'Ses mesures disparaissent avec toutes leurs versions antérieures, ce qu’il a envoyé, et les totaux et moyennes par jour qui en sont faits.',
      stays: 'Les mesures d’autres sources restent, et les totaux et moyennes en sont refaits.',
      erase: 'Déconnecter et supprimer',
      back: 'Revenir sans rien supprimer',
    },
  },
};
