type Words = {
  title: string;
  connecting: string;
  told: (name: string) => string;
  next: string;
  before: (clock: string, fromNow: string) => string;
  late: (name: string, minutes: number) => string;
  soon: string;
  what: string;
  steps: (name: string) => readonly string[];
  prepare: string;
  prepareItems: readonly string[];
  ready: string;
  isReady: string;
  phone: string;
  helpText: string;
  leave: string;
  whoTreats: string;
};

const en: Words = {
  title: 'You are in the waiting room',
  connecting: 'Connecting you to the waiting room…',
  told: (name) => `${name} can see that you are here and will let you in.`,
  next: 'You are next. This room is for your visit alone.',
  before: (clock, fromNow) => `Your visit is at ${clock}, ${fromNow}.`,
  late: (name, minutes) =>
    minutes < 2
      ? `It is time. ${name} will be with you in a moment.`
      : `${name} is ${minutes} minutes late. Thank you for waiting.`,
  soon: 'You need not do anything. This page changes by itself.',
  what: 'What will happen',
  steps: (name) => [
    `${name} lets you in, and you see and hear each other.`,
    'Nothing is recorded unless you have agreed to it.',
    'Afterwards you find what was written of your visit in your record.',
  ],
  prepare: 'While you wait',
  prepareItems: ['I am in a quiet place where I can talk', 'I have my medicines, or a list of them, beside me'],
  ready: 'I am ready',
  isReady: 'Thank you. We have told them that you are ready.',
  phone: 'If nothing works, call',
  helpText: 'The visit can go on by telephone.',
  leave: 'Leave the waiting room',
  whoTreats: 'Your clinician',
};

const fr: Words = {
  title: 'Vous êtes dans la salle d’attente',
  connecting: 'Connexion à la salle d’attente…',
  told: (name) => `${name} voit que vous êtes là et vous fera entrer.`,
  next: 'Vous êtes la prochaine personne. Cette salle est réservée à votre visite.',
  before: (clock, fromNow) => `Votre visite est à ${clock}, ${fromNow}.`,
  late: (name, minutes) =>
    minutes < 2
      ? `C’est l’heure. ${name} sera avec vous dans un instant.`
      : `${name} a ${minutes} minutes de retard. Merci d’attendre.`,
  soon: 'Vous n’avez rien à faire. Cette page change d’elle-même.',
  what: 'Ce qui va se passer',
  steps: (name) => [
    `${name} vous fait entrer, et vous vous voyez et vous entendez.`,
    'Rien n’est enregistré sans votre accord.',
    'Ensuite, vous trouverez dans votre dossier ce qui a été écrit de votre visite.',
  ],
  prepare: 'En attendant',
  prepareItems: ['Je suis dans un endroit calme où je peux parler', 'J’ai près de moi mes médicaments, ou leur liste'],
  ready: 'Je suis prêt',
  isReady: 'Merci. Nous avons dit que vous êtes prêt.',
  phone: 'Si rien ne fonctionne, appelez le',
  helpText: 'La visite peut se poursuivre par téléphone.',
  leave: 'Quitter la salle d’attente',
  whoTreats: 'Votre clinicien',
};

export const waitingWords = { en, fr } as const;
