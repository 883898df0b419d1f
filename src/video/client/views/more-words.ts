type Words = {
  devices: string;
  camera: string;
  microphone: string;
  soundOnly: string;
  soundOnlyText: string;
  pictures: string;
  recording: string;
  hold: string;
  holdText: string;
  safety: string;
  safetyText: string;
  safetyNone: string;
  safetyBad: string;
  safetyBadText: string;
  codeWith: (name: string) => string;
  understood: string;
  time: string;
};

const en: Words = {
  devices: 'Devices',
  camera: 'Camera',
  microphone: 'Microphone',
  soundOnly: 'Sound only',
  soundOnlyText: 'Turn pictures off, for instance where the connection is slow or data is dear.',
  pictures: 'Pictures again',
  recording: 'Recording',
  hold: 'On hold',
  holdText: 'While the visit is on hold, nobody sees or hears the others.',
  safety: 'Is the line safe?',
  safetyText:
    'Read these six digits to each other. If both see the same, nobody is in between: nobody else can listen, and neither can this server.',
  safetyNone: 'Sound and pictures go by a media server of ours, encrypted on the way there and from there.',
  safetyBad: 'Somebody may be in between',
  safetyBadText: 'The two ends of the line do not fit together. Leave the visit, and go on by telephone.',
  codeWith: (name) => `With ${name}`,
  understood: 'Close',
  time: 'Time in the visit',
};

const fr: Words = {
  devices: 'Appareils',
  camera: 'Caméra',
  microphone: 'Micro',
  soundOnly: 'Son seulement',
  soundOnlyText: 'Couper les images, par exemple si la connexion est lente ou les données chères.',
  pictures: 'Remettre les images',
  recording: 'Enregistrement',
  hold: 'Suspension',
  holdText: 'Pendant la suspension, personne ne voit ni n’entend les autres.',
  safety: 'La ligne est‑elle sûre ?',
  safetyText:
    'Lisez-vous ces six chiffres. Si vous voyez les mêmes, il n’y a personne entre vous : personne d’autre ne peut écouter, ce serveur non plus.',
  safetyNone: 'Le son et les images passent par un serveur de médias à nous, chiffrés à l’aller comme au retour.',
  safetyBad: 'Quelqu’un est peut-être entre vous',
  safetyBadText: 'Les deux bouts de la ligne ne vont pas ensemble. Quittez la visite, et continuez par téléphone.',
  codeWith: (name) => `Avec ${name}`,
  understood: 'Fermer',
  time: 'Temps passé dans la visite',
};

export const moreWords = { en, fr } as const;
