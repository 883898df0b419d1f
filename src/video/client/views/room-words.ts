import type { Role } from '../../signalling/messages.ts';
import type { Quality, Trouble } from '../room-state.ts';

type Words = {
  visit: string;
  roles: Record<Role, string>;
  you: string;
  controls: string;
  mute: string;
  unmute: string;
  cameraOff: string;
  cameraOn: string;
  share: string;
  stopSharing: string;
  chat: string;
  chatNew: (count: number) => string;
  people: string;
  peopleWaiting: (count: number) => string;
  vitals: string;
  more: string;
  leave: string;
  close: string;
  nobody: (name: string) => string;
  nobodyText: string;
  alone: string;
  waits: string;
  waitsText: string;
  connecting: (name: string) => string;
  lost: (name: string) => string;
  cameraIsOff: string;
  muted: string;
  silent: string;
  sharing: string;
  qualities: Record<Quality, string>;
  quality: string;
  lines: Record<'recovering' | 'lost', string>;
  troubles: Record<Trouble, string>;
  audioNetwork: string;
  audioAsked: string;
  callInstead: string;
  callNumber: string;
  joined: (name: string) => string;
  left: (name: string) => string;
  knocked: (name: string) => string;
  wrote: (name: string) => string;
  letIn: string;
  overtime: (fromNow: string) => string;
};

const en: Words = {
  visit: 'Visit by video',
  roles: {
    host: 'Clinician',
    patient: 'Patient',
    companion: 'Companion',
    colleague: 'Colleague',
    interpreter: 'Interpreter',
    guest: 'Guest',
  },
  you: 'You',
  controls: 'What you can do',
  mute: 'Mute',
  unmute: 'Unmute',
  cameraOff: 'Camera off',
  cameraOn: 'Camera on',
  share: 'Share screen',
  stopSharing: 'Stop sharing',
  chat: 'Chat',
  chatNew: (count) => `${count} new`,
  people: 'People',
  peopleWaiting: (count) => `${count} waiting`,
  vitals: 'Vitals',
  more: 'More',
  leave: 'Leave',
  close: 'Close',
  nobody: (name) => `${name} is not here yet`,
  nobodyText: 'You will be told as soon as somebody comes. You need not watch this page.',
  alone: 'Nobody else is here',
  waits: 'Somebody is waiting',
  waitsText: 'Look who it is, and let them in.',
  connecting: (name) => `Connecting to ${name}…`,
  lost: (name) => `The line to ${name} dropped. It is coming back…`,
  cameraIsOff: 'Camera is off',
  muted: 'Muted',
  silent: 'Their microphone gives no sound',
  sharing: 'Shares the screen',
  quality: 'Connection',
  qualities: { good: 'good', fair: 'fair', poor: 'poor', unknown: 'not known yet' },
  lines: {
    recovering: 'The line to us dropped. It is coming back; the conversation goes on.',
    lost: 'We have not been reached for a while. We go on trying.',
  },
  troubles: {
    'microphone-lost': 'Your microphone is gone: it may be unplugged, or a call took it. We try to get it back.',
    'camera-lost': 'Your camera is gone: it may be unplugged, or another app took it. We try to get it back.',
    'no-sound': 'Nobody hears you: your microphone gives no sound. Is it switched off?',
  },
  audioNetwork: 'The connection is slow, so pictures are off. Sound goes on.',
  audioAsked: 'Pictures are off. Sound goes on.',
  callInstead: 'The connection is too slow even for sound. Go on by telephone:',
  callNumber: 'call the clinic',
  joined: (name) => `${name} is here`,
  left: (name) => `${name} has left`,
  knocked: (name) => `${name} is waiting to be let in`,
  wrote: (name) => `${name} wrote`,
  letIn: 'You are in the visit',
  overtime: (fromNow) => `This visit ends by itself ${fromNow}.`,
};

const fr: Words = {
  visit: 'Visite vidéo',
  roles: {
    host: 'Clinicien',
    patient: 'Patient',
    companion: 'Accompagnant',
    colleague: 'Collègue',
    interpreter: 'Interprète',
    guest: 'Invité',
  },
  you: 'Vous',
  controls: 'Ce que vous pouvez faire',
  mute: 'Couper',
  unmute: 'Parler',
  cameraOff: 'Cacher',
  cameraOn: 'Caméra',
  share: 'Partager',
  stopSharing: 'Arrêter',
  chat: 'Messages',
  chatNew: (count) => `${count} nouveaux`,
  people: 'Présents',
  peopleWaiting: (count) => `${count} en attente`,
  vitals: 'Mesures',
  more: 'Plus',
  leave: 'Quitter',
  close: 'Fermer',
  nobody: (name) => `${name} n’est pas encore là`,
  nobodyText: 'Vous serez averti dès que quelqu’un arrive. Inutile de surveiller cette page.',
  alone: 'Il n’y a personne d’autre',
  waits: 'Quelqu’un attend',
  waitsText: 'Vérifiez qui c’est, et faites entrer la personne.',
  connecting: (name) => `Connexion avec ${name}…`,
  lost: (name) => `La ligne avec ${name} est tombée. Elle revient…`,
  cameraIsOff: 'La caméra est coupée',
  muted: 'Micro coupé',
  silent: 'Aucun son ne vient de son micro',
  sharing: 'Partage son écran',
  quality: 'Connexion',
  qualities: { good: 'bonne', fair: 'moyenne', poor: 'faible', unknown: 'pas encore connue' },
  lines: {
    recovering: 'La ligne avec nous est tombée. Elle revient ; la conversation continue.',
    lost: 'Nous ne sommes plus joints depuis un moment. Nous continuons d’essayer.',
  },
  troubles: {
    'microphone-lost': 'Votre micro a disparu : débranché, ou pris par un appel. Nous essayons de le retrouver.',
    'camera-lost':
      'Votre caméra a disparu : débranchée, ou prise par une autre application. Nous essayons de la retrouver.',
    'no-sound': 'Personne ne vous entend : votre micro ne donne aucun son. Est-il coupé ?',
  },
  audioNetwork: 'La connexion est lente : les images sont coupées. Le son continue.',
  audioAsked: 'Les images sont coupées. Le son continue.',
  callInstead: 'La connexion est trop lente, même pour le son. Continuez par téléphone :',
  callNumber: 'appelez la clinique',
  joined: (name) => `${name} est là`,
  left: (name) => `${name} est parti`,
  knocked: (name) => `${name} attend d’entrer`,
  wrote: (name) => `${name} a écrit`,
  letIn: 'Vous êtes dans la visite',
  overtime: (fromNow) => `Cette visite se termine d’elle-même ${fromNow}.`,
};

export const roomWords = { en, fr } as const;
