type Words = {
  on: string;
  paused: string;
  missing: (names: string) => string;
  waitsFor: (names: string) => string;
  asked: string;
  askedText: string;
  agree: string;
  refuse: string;
  withdraw: string;
  withdrawn: string;
  start: string;
  pause: string;
  resume: string;
  stop: string;
  behind: string;
  failed: string;
  started: string;
  stopped: string;
};

const en: Words = {
  on: 'This visit is being recorded',
  paused: 'Recording is paused: nothing is recorded',
  missing: (names) => `Waiting for ${names} to agree`,
  waitsFor: (names) => `Nothing is recorded before everybody agrees. Asked: ${names}`,
  asked: 'May this visit be recorded?',
  askedText:
    'Sound and pictures of this visit would be kept in the record of the patient. It is yours to say no: the visit goes on all the same. You can take a yes back at any time, and recording stops.',
  agree: 'Yes, I agree',
  refuse: 'No',
  withdraw: 'Do not record me any more',
  withdrawn: 'You are not recorded any more.',
  start: 'Record the visit',
  pause: 'Pause recording',
  resume: 'Go on recording',
  stop: 'Stop recording',
  behind: 'The recording is being sent. Leave this page open.',
  failed: 'The recording could not be kept, and has ended.',
  started: 'Recording has started',
  stopped: 'Recording has stopped',
};

const fr: Words = {
  on: 'Cette visite est enregistrée',
  paused: 'Enregistrement en pause : rien n’est enregistré',
  missing: (names) => `En attente de l’accord de ${names}`,
  waitsFor: (names) => `Rien n’est enregistré avant que tous soient d’accord. Ont été consultés : ${names}`,
  asked: 'Cette visite peut-elle être enregistrée ?',
  askedText:
    'Le son et les images de cette visite seraient gardés dans le dossier du patient. Vous êtes libre de dire non : la visite continue de toute façon. Vous pouvez revenir sur un oui à tout moment, et l’enregistrement s’arrête.',
  agree: 'Oui, j’accepte',
  refuse: 'Non',
  withdraw: 'Ne plus m’enregistrer',
  withdrawn: 'Vous n’êtes plus enregistré.',
  start: 'Enregistrer la visite',
  pause: 'Suspendre l’enregistrement',
  resume: 'Reprendre l’enregistrement',
  stop: 'Arrêter l’enregistrement',
  behind: 'L’enregistrement est en cours d’envoi. Laissez cette page ouverte.',
  failed: 'L’enregistrement n’a pas pu être gardé, et s’est arrêté.',
  started: 'L’enregistrement a commencé',
  stopped: 'L’enregistrement est arrêté',
};

export const recordingWords = { en, fr } as const;
