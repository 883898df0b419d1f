import type { Language } from '../../pages/language.ts';

type EraseWords = {
  title: string;
  lead: string;
  goes: string;
  going: readonly string[];
  stays: string;
  staying: readonly string[];
  held: string;
  grace: { title: string; text: (days: number) => string; account: string };
  copyFirst: string;
  copyLink: string;
  confirm: {
    title: string;
    label: (word: string) => string;
    hint: string;
    word: string;
    button: string;
    wrong: (word: string) => string;
    refused: string;
  };
  link: {
    title: string;
    keep: string;
    states: Readonly<Record<'grace' | 'deferred' | 'erasing' | 'erased' | 'cancelled', string>>;
    due: (moment: string) => string;
    cancel: { title: string; text: string; button: string; done: string; late: string };
    signIn: string;
    receipt: string;
    erasedOn: (moment: string) => string;
    counts: string;
    columns: { what: string; before: string; after: string };
    rows: { versions: string; sides: string; files: string };
    kept: string;
    keptNone: string;
    signature: string;
    signatureHint: string;
  };
};

export const eraseWords: Readonly<Record<Language, EraseWords>> = {
  en: {
    title: 'Delete my account and record',
    lead: 'You can have everything deleted that is here about you. It cannot be brought back afterwards.',
    goes: 'What goes',
    going: [
      'Your whole record, with every earlier version of it and all files.',
      'Your account, your sign-in, and the access of every app and person that you let in.',
      'Your name wherever it stands in the records of others.',
      'What lies in backups: it is encrypted with keys that are destroyed, or deleted again when a backup is restored.',
    ],
    stays: 'What has to stay, and why',
    staying: [
      'That there was a record and that it was deleted, without what was in it: so that it can be shown that it was done.',
      'Who saw the record, under a number in the place of your name: the law demands that this list is kept.',
      'What the law says must be kept for some years, where it applies: the receipt names each kind and the reason.',
    ],
    held: 'Your record is held for a court or an authority at the moment. You can ask for it to be deleted now; it is done when the hold ends.',
    grace: {
      title: 'When',
      text: (days) => `In ${days} days. Until then you can change your mind, by an address that you are shown next.`,
      account: 'Your account is closed at once: nobody can sign in with it, and apps lose their access.',
    },
    copyFirst: 'Would you like to take a copy first?',
    copyLink: 'My copy',
    confirm: {
      title: 'Delete everything',
      label: (word) => `Type ${word} to confirm`,
      hint: 'Small letters will do. You can copy the word from here.',
      word: 'DELETE',
      button: 'Delete my account and record',
      wrong: (word) => `Type the word ${word}.`,
      refused: 'It could not be asked for:',
    },
    link: {
      title: 'Deletion of a record',
      keep: 'Keep the address of this page: it is shown this once, and it is the only way to take the deletion back and to get the receipt. Make a bookmark, or write it down.',
      states: {
        grace: 'The account is closed. The record will be deleted.',
        deferred:
          'It is due, and put off: the record is held for a court or an authority. It is done when the hold ends.',
        erasing: 'The record is being deleted.',
        erased: 'The record is deleted.',
        cancelled: 'It was taken back. Nothing was deleted, and the account is open again.',
      },
      due: (moment) => `It will be deleted after ${moment}.`,
      cancel: {
        title: 'I changed my mind',
        text: 'Nothing is gone yet. The account is opened again, and the record stays.',
        button: 'Keep my record',
        done: 'It is taken back.',
        late: 'It is too late: the record is being deleted.',
      },
      signIn: 'Sign in',
      receipt: 'Receipt',
      erasedOn: (moment) => `Deleted on ${moment}`,
      counts: 'What there was, and what was found when it was over',
      columns: { what: 'What', before: 'Before', after: 'After' },
      rows: { versions: 'Earlier versions', sides: 'What search kept', files: 'Files' },
      kept: 'What the law keeps',
      keptNone: 'Nothing had to be kept.',
      signature: 'The signed receipt',
      signatureHint:
        'With it you can show later what was deleted: the text, the signature over it (Ed25519), and the key to check it.',
    },
  },
  fr: {
    title: 'Supprimer mon compte et mon dossier',
    lead: 'Vous pouvez faire supprimer tout ce qui est ici à votre sujet. Il sera impossible de le rétablir.',
    goes: 'Ce qui disparaît',
    going: [
      'Tout votre dossier, avec toutes ses versions antérieures et tous les fichiers.',
      'Votre compte, votre connexion, et l’accès de chaque application et personne que vous aviez acceptée.',
      'Votre nom partout où il figure dans les dossiers d’autres personnes.',
      'Ce qui se trouve dans les sauvegardes : c’est chiffré avec des clés qui sont détruites, ou supprimé de nouveau à la restauration.',
    ],
    stays: 'Ce qui doit rester, et pourquoi',
    staying: [
      'Le fait qu’il y avait un dossier et qu’il a été supprimé, sans son contenu : afin de pouvoir montrer que cela a été fait.',
      'Qui a vu le dossier, sous un numéro à la place de votre nom : la loi exige que cette liste soit gardée.',
      'Ce que la loi oblige à garder quelques années, s’il y a lieu : le reçu nomme chaque catégorie et la raison.',
    ],
    held: 'Votre dossier est conservé en ce moment pour un tribunal ou une autorité. Vous pouvez demander sa suppression maintenant ; elle aura lieu à la fin de cette conservation.',
    grace: {
      title: 'Quand',
      text: (days) =>
        `Dans ${days} jours. D’ici là, vous pouvez changer d’avis, par une adresse qui vous est montrée ensuite.`,
      account:
        'Votre compte est fermé aussitôt : personne ne peut plus s’y connecter, et les applications perdent leur accès.',
    },
    copyFirst: 'Voulez-vous d’abord prendre une copie ?',
    copyLink: 'Ma copie',
    confirm: {
      title: 'Tout supprimer',
      label: (word) => `Tapez ${word} pour confirmer`,
      hint: 'Les minuscules conviennent. Vous pouvez copier le mot d’ici.',
      word: 'SUPPRIMER',
      button: 'Supprimer mon compte et mon dossier',
      wrong: (word) => `Tapez le mot ${word}.`,
      refused: 'La demande n’a pas pu être reçue :',
    },
    link: {
      title: 'Suppression d’un dossier',
      keep: 'Gardez l’adresse de cette page : elle n’est montrée qu’une fois, et c’est le seul moyen de revenir sur la suppression et d’obtenir le reçu. Mettez-la en signet ou notez-la.',
      states: {
        grace: 'Le compte est fermé. Le dossier sera supprimé.',
        deferred:
          'La suppression est due, et remise : le dossier est conservé pour un tribunal ou une autorité. Elle aura lieu à la fin de cette conservation.',
        erasing: 'Le dossier est en cours de suppression.',
        erased: 'Le dossier est supprimé.',
        cancelled: 'La demande a été retirée. Rien n’a été supprimé, et le compte est de nouveau ouvert.',
      },
      due: (moment) => `Il sera supprimé après le ${moment}.`,
      cancel: {
        title: 'J’ai changé d’avis',
        text: 'Rien n’a encore disparu. Le compte est rouvert, et le dossier reste.',
        button: 'Garder mon dossier',
        done: 'La demande est retirée.',
        late: 'Il est trop tard : le dossier est en cours de suppression.',
      },
      signIn: 'Se connecter',
      receipt: 'Reçu',
      erasedOn: (moment) => `Supprimé le ${moment}`,
      counts: 'Ce qu’il y avait, et ce qui a été trouvé à la fin',
      columns: { what: 'Quoi', before: 'Avant', after: 'Après' },
      rows: { versions: 'Versions antérieures', sides: 'Ce que gardait la recherche', files: 'Fichiers' },
      kept: 'Ce que la loi conserve',
      keptNone: 'Rien n’a dû être gardé.',
      signature: 'Le reçu signé',
      signatureHint:
        'Il permet de montrer plus tard ce qui a été supprimé : le texte, sa signature (Ed25519) et la clé pour la vérifier.',
    },
  },
};
