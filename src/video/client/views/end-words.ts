import type { End } from '../room-state.ts';

type Said = { title: string; text: string };

type Words = {
  ends: Record<End['why'], Said>;
  early: Said;
  held: (name: string) => Said;
  lasted: (time: string) => string;
  next: string;
  visits: string;
  seen: string;
  back: string;
  here: string;
  again: string;
  phone: string;
};

const en: Words = {
  ends: {
    finished: { title: 'The visit is over', text: 'Thank you for coming. You can close this page.' },
    missed: { title: 'This visit did not take place', text: 'Its time has passed. You can book another.' },
    cancelled: { title: 'This visit was cancelled', text: 'Nobody is in it any more. You can book another.' },
    denied: {
      title: 'You were not let in',
      text: 'Who treats in this visit did not let you in. If that must be a mistake, call the clinic.',
    },
    removed: {
      title: 'You are no longer in the visit',
      text: 'Who treats in this visit has ended it for you. If that must be a mistake, call the clinic.',
    },
    left: { title: 'You left the visit', text: 'It goes on without you, and you can come back while it lasts.' },
    replaced: {
      title: 'The visit is open in another window',
      text: 'It can be in one window only. Close this one, or go on here.',
    },
    closed: { title: 'You are no longer connected', text: 'Open the visit again to come back.' },
    refused: { title: 'You cannot come in just now', text: '' },
  },
  early: { title: 'It is too early', text: 'The waiting room opens on' },
  held: (name) => ({
    title: 'You are on hold',
    text: `${name} will be back with you. Meanwhile nobody sees or hears you, and you see and hear nobody.`,
  }),
  lasted: (time) => `It lasted ${time}.`,
  next: 'What comes next',
  visits: 'My visits',
  seen: 'Who has seen my record',
  back: 'Come back to the visit',
  here: 'Go on here',
  again: 'Try again',
  phone: 'The telephone of the clinic',
};

const fr: Words = {
  ends: {
    finished: { title: 'La visite est terminée', text: 'Merci d’être venu. Vous pouvez fermer cette page.' },
    missed: { title: 'Cette visite n’a pas eu lieu', text: 'Son heure est passée. Vous pouvez en prendre une autre.' },
    cancelled: {
      title: 'Cette visite a été annulée',
      text: 'Il n’y a plus personne. Vous pouvez en prendre une autre.',
    },
    denied: {
      title: 'On ne vous a pas fait entrer',
      text: 'La personne qui soigne dans cette visite ne vous a pas fait entrer. Si c’est une erreur, appelez la clinique.',
    },
    removed: {
      title: 'Vous n’êtes plus dans la visite',
      text: 'La personne qui soigne dans cette visite y a mis fin pour vous. Si c’est une erreur, appelez la clinique.',
    },
    left: {
      title: 'Vous avez quitté la visite',
      text: 'Elle continue sans vous, et vous pouvez revenir tant qu’elle dure.',
    },
    replaced: {
      title: 'La visite est ouverte dans une autre fenêtre',
      text: 'Elle ne peut être que dans une fenêtre. Fermez celle-ci, ou continuez ici.',
    },
    closed: { title: 'Vous n’êtes plus connecté', text: 'Ouvrez de nouveau la visite pour revenir.' },
    refused: { title: 'Vous ne pouvez pas entrer pour l’instant', text: '' },
  },
  early: { title: 'Il est trop tôt', text: 'La salle d’attente ouvre le' },
  held: (name) => ({
    title: 'Vous êtes en attente',
    text: `${name} va revenir. En attendant, personne ne vous voit ni ne vous entend, et vous ne voyez ni n’entendez personne.`,
  }),
  lasted: (time) => `Elle a duré ${time}.`,
  next: 'Et maintenant',
  visits: 'Mes rendez-vous',
  seen: 'Qui a vu mon dossier',
  back: 'Revenir à la visite',
  here: 'Continuer ici',
  again: 'Réessayer',
  phone: 'Le téléphone de la clinique',
};

export const endWords = { en, fr } as const;
