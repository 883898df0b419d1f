import type { Language } from '../../pages/language.ts';

type RecordingWords = {
  /** How many there are. */
  count: (count: number) => string;
  /** What the list is of. */
  length: string;
  seconds: (seconds: string) => string;
  rate: (rate: string) => string;
  none: string;
  list: string;
  shown: string;
  /** What one recording says. */
  says: (when: string, seconds: string, rate: string) => string;
  between: (low: string, high: string, unit: string) => string;
  from: (device: string) => string;
  second: (second: string, low: string, high: string, unit: string) => string;
  gap: (second: string) => string;
  square: (wide: string, high: string, unit: string) => string;
  keys: string;
  noScript: string;
  figures: string;
  secondHead: string;
  part: (from: string, to: string) => string;
  earlier: string;
  later: string;
  notAdvice: string;
};

/** What stands on the page of a measure that is recorded as a curve. */
export const recordingWords: Readonly<Record<Language, RecordingWords>> = {
  en: {
    count: (count) => (count === 1 ? 'There is 1 recording.' : `There are ${count} recordings.`),
    length: 'Length',
    seconds: (seconds) => `${seconds} s`,
    rate: (rate) => `${rate} values a second`,
    none: 'without a curve',
    list: 'Recordings',
    shown: 'shown above',
    says: (when, seconds, rate) => `Recording of ${when}: ${seconds} seconds, ${rate} values a second.`,
    between: (low, high, unit) => `From ${low} to ${high} ${unit}.`,
    from: (device) => `Measured by: ${device}.`,
    second: (second, low, high, unit) => `Second ${second}: from ${low} to ${high} ${unit}`,
    gap: (second) => `Second ${second}: nothing was measured`,
    square: (wide, high, unit) => `Each square is ${wide} s wide and ${high} ${unit} high.`,
    keys: 'Choose the curve and use the left and right arrow keys to hear each second.',
    noScript: 'The curve needs JavaScript. The table says the lowest and the highest value of each second.',
    figures: 'Each second as a table',
    secondHead: 'Second',
    part: (from, to) => `Seconds ${from} to ${to}`,
    earlier: 'Earlier in this recording',
    later: 'Later in this recording',
    notAdvice: 'A curve alone is no diagnosis. Ask whoever treats you what it means.',
  },
  fr: {
    count: (count) => (count === 1 ? 'Il y a 1 enregistrement.' : `Il y a ${count} enregistrements.`),
    length: 'Durée',
    seconds: (seconds) => `${seconds} s`,
    rate: (rate) => `${rate} valeurs par seconde`,
    none: 'sans courbe',
    list: 'Enregistrements',
    shown: 'affiché ci-dessus',
    says: (when, seconds, rate) => `Enregistrement : ${when}, ${seconds} secondes, ${rate} valeurs par seconde.`,
    between: (low, high, unit) => `De ${low} à ${high} ${unit}.`,
    from: (device) => `Mesuré par : ${device}.`,
    second: (second, low, high, unit) => `Seconde ${second} : de ${low} à ${high} ${unit}`,
    gap: (second) => `Seconde ${second} : rien n’a été mesuré`,
    square: (wide, high, unit) => `Chaque carré représente ${wide} s en largeur et ${high} ${unit} en hauteur.`,
    keys: 'Choisissez la courbe et utilisez les flèches gauche et droite pour entendre chaque seconde.',
    noScript:
      'La courbe a besoin de JavaScript. Le tableau donne la valeur la plus basse et la plus haute de chaque seconde.',
    figures: 'Chaque seconde en tableau',
    secondHead: 'Seconde',
    part: (from, to) => `Secondes ${from} à ${to}`,
    earlier: 'Plus tôt dans cet enregistrement',
    later: 'Plus tard dans cet enregistrement',
    notAdvice: 'Une courbe seule n’est pas un diagnostic. Demandez à qui vous soigne ce qu’elle signifie.',
  },
};
