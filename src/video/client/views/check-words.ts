import type { DeviceRefusal } from '../devices.ts';

type Words = {
  lead: string;
  camera: string;
  microphone: string;
  speaker: string;
  network: string;
  ask: string;
  asking: string;
  allow: string;
  self: string;
  noPicture: string;
  cameraGood: string;
  speak: string;
  heard: string;
  silent: string;
  playTone: string;
  didYouHear: string;
  toneBlocked: string;
  checking: string;
  networks: Record<'good' | 'fair' | 'poor' | 'none', string>;
  noWebrtc: string;
  refused: Record<DeviceRefusal, { title: string; text: string }>;
  how: { title: string; steps: readonly string[] };
  again: string;
  without: string;
  withoutNote: string;
  settings: string;
  callback: string;
  callbackHint: string;
  callbackWrong: string;
  enterWait: string;
  enterVisit: string;
  opens: (clock: string, fromNow: string) => string;
  opensLater: string;
  openNow: string;
};

const en: Words = {
  lead: 'First, a look at your camera and your microphone. Nobody sees or hears you yet.',
  camera: 'Camera',
  microphone: 'Microphone',
  speaker: 'Sound',
  network: 'Connection',
  ask: 'Turn on camera and microphone',
  asking: 'Waiting for your permission…',
  allow: 'Your browser asks whether this page may use them. Choose “Allow”.',
  self: 'How others will see you',
  noPicture: 'No picture',
  cameraGood: 'Others will see you',
  speak: 'Say something: the bar should move',
  heard: 'We can hear your microphone',
  silent: 'Nothing comes from the microphone. Is it switched off?',
  playTone: 'Play a sound',
  didYouHear: 'If you heard nothing, turn the volume up',
  toneBlocked: 'The browser lets no sound through',
  checking: 'Checking…',
  networks: {
    good: 'Your connection is good',
    fair: 'Your connection will do',
    poor: 'Your connection is slow: we will use sound first',
    none: 'There is no connection to us',
  },
  noWebrtc: 'This browser cannot hold visits by video. Try Chrome, Safari, Edge or Firefox',
  refused: {
    denied: {
      title: 'Your camera and microphone are blocked',
      text: 'This page may not use them yet. You can allow it in a moment:',
    },
    absent: {
      title: 'No camera or microphone was found',
      text: 'Connect one, or open this page on your phone.',
    },
    busy: {
      title: 'Another program is using them',
      text: 'Close other calls and apps that use the camera, and try again.',
    },
    insecure: {
      title: 'The browser does not let this page use a camera',
      text: 'Open the link in Chrome, Safari, Edge or Firefox, not inside of another app.',
    },
    other: { title: 'Your camera and microphone did not start', text: 'Close other apps, and try again.' },
  },
  how: {
    title: 'How to allow it',
    steps: [
      'On an iPhone or iPad: touch “aA” or the page icon beside the address, then Website Settings, then Allow for camera and microphone.',
      'On Android, and in Chrome or Edge: touch the sign left of the address, then Permissions, then allow camera and microphone.',
      'In Firefox: press the crossed-out camera left of the address.',
      'Then press “Try again”.',
    ],
  },
  again: 'Try again',
  without: 'Go on without',
  withoutNote: 'You go on without camera and microphone: you can see, hear and write.',
  settings: 'Choose other devices',
  callback: 'If the line fails, call me at',
  callbackHint: 'Optional. Only those who treat you see it.',
  callbackWrong: 'This is not a telephone number: digits, spaces and a plus only.',
  enterWait: 'Go to the waiting room',
  enterVisit: 'Start the visit',
  opens: (clock, fromNow) => `The waiting room opens at ${clock}, ${fromNow}.`,
  opensLater: 'You can check everything now. Leave this page open, or come back then.',
  openNow: 'The waiting room is open.',
};

const fr: Words = {
  lead: 'D’abord, vérifions votre caméra et votre micro. Personne ne vous voit ni ne vous entend encore.',
  camera: 'Caméra',
  microphone: 'Micro',
  speaker: 'Son',
  network: 'Connexion',
  ask: 'Activer la caméra et le micro',
  asking: 'En attente de votre autorisation…',
  allow: 'Votre navigateur demande si cette page peut les utiliser. Choisissez « Autoriser ».',
  self: 'Comme les autres vous verront',
  noPicture: 'Pas d’image',
  cameraGood: 'Les autres vous verront',
  speak: 'Dites quelque chose : la barre doit bouger',
  heard: 'Nous entendons votre micro',
  silent: 'Rien ne vient du micro. Est-il coupé ?',
  playTone: 'Jouer un son',
  didYouHear: 'Si vous n’avez rien entendu, montez le volume',
  toneBlocked: 'Le navigateur ne laisse passer aucun son',
  checking: 'Vérification…',
  networks: {
    good: 'Votre connexion est bonne',
    fair: 'Votre connexion suffira',
    poor: 'Votre connexion est lente : le son passera d’abord',
    none: 'Aucune connexion avec nous',
  },
  noWebrtc: 'Ce navigateur ne permet pas les visites vidéo. Essayez Chrome, Safari, Edge ou Firefox',
  refused: {
    denied: {
      title: 'Votre caméra et votre micro sont bloqués',
      text: 'Cette page ne peut pas encore les utiliser. Vous pouvez l’autoriser en un instant :',
    },
    absent: {
      title: 'Aucune caméra, aucun micro n’a été trouvé',
      text: 'Branchez-en, ou ouvrez cette page sur votre téléphone.',
    },
    busy: {
      title: 'Un autre programme les utilise',
      text: 'Fermez les autres appels et applications qui utilisent la caméra, puis réessayez.',
    },
    insecure: {
      title: 'Le navigateur ne laisse pas cette page utiliser une caméra',
      text: 'Ouvrez le lien dans Chrome, Safari, Edge ou Firefox, et non dans une autre application.',
    },
    other: {
      title: 'Votre caméra et votre micro n’ont pas démarré',
      text: 'Fermez les autres applications, puis réessayez.',
    },
  },
  how: {
    title: 'Comment l’autoriser',
    steps: [
      'Sur iPhone ou iPad : touchez « aA » ou l’icône de page près de l’adresse, puis Réglages du site web, puis Autoriser pour la caméra et le micro.',
      'Sur Android, et dans Chrome ou Edge : touchez le signe à gauche de l’adresse, puis Autorisations, puis autorisez la caméra et le micro.',
      'Dans Firefox : appuyez sur la caméra barrée à gauche de l’adresse.',
      'Puis appuyez sur « Réessayer ».',
    ],
  },
  again: 'Réessayer',
  without: 'Continuer sans',
  withoutNote: 'Vous continuez sans caméra ni micro : vous pouvez voir, entendre et écrire.',
  settings: 'Choisir d’autres appareils',
  callback: 'Si la ligne coupe, appelez-moi au',
  callbackHint: 'Facultatif. Seules les personnes qui vous soignent le voient.',
  callbackWrong: 'Ce n’est pas un numéro de téléphone : chiffres, espaces et un plus seulement.',
  enterWait: 'Entrer dans la salle d’attente',
  enterVisit: 'Commencer la visite',
  opens: (clock, fromNow) => `La salle d’attente ouvre à ${clock}, ${fromNow}.`,
  opensLater: 'Vous pouvez déjà tout vérifier. Laissez cette page ouverte, ou revenez à ce moment-là.',
  openNow: 'La salle d’attente est ouverte.',
};

export const checkWords = { en, fr } as const;
