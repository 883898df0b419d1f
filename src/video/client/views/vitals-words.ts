type Words = {
  lead: string;
  names: Record<'heartRate' | 'systolic' | 'diastolic' | 'oxygen' | 'temperature' | 'weight', string>;
  device: string;
  deviceHint: string;
  save: string;
  saved: (count: number) => string;
  nothing: string;
  range: (low: string, high: string) => string;
  both: string;
  failed: string;
};

const en: Words = {
  lead: 'Write down what was measured. It is kept in the record, with this visit.',
  names: {
    heartRate: 'Heart rate (per minute)',
    systolic: 'Blood pressure, upper (mmHg)',
    diastolic: 'Blood pressure, lower (mmHg)',
    oxygen: 'Oxygen saturation (%)',
    temperature: 'Temperature (°C)',
    weight: 'Weight (kg)',
  },
  device: 'Measured with',
  deviceHint: 'For instance: cuff at home. Optional.',
  save: 'Keep in the record',
  saved: (count) => (count === 1 ? 'One measurement is in the record.' : `${count} measurements are in the record.`),
  nothing: 'Write down one measurement at least.',
  range: (low, high) => `A number from ${low} to ${high}`,
  both: 'Blood pressure has two numbers, and the upper is the higher',
  failed: 'It could not be kept. Please try again.',
};

const fr: Words = {
  lead: 'Notez ce qui a été mesuré. C’est gardé dans le dossier, avec cette visite.',
  names: {
    heartRate: 'Pouls (par minute)',
    systolic: 'Tension, chiffre du haut (mmHg)',
    diastolic: 'Tension, chiffre du bas (mmHg)',
    oxygen: 'Saturation en oxygène (%)',
    temperature: 'Température (°C)',
    weight: 'Poids (kg)',
  },
  device: 'Mesuré avec',
  deviceHint: 'Par exemple : tensiomètre à la maison. Facultatif.',
  save: 'Garder dans le dossier',
  saved: (count) => (count === 1 ? 'Une mesure est dans le dossier.' : `${count} mesures sont dans le dossier.`),
  nothing: 'Notez au moins une mesure.',
  range: (low, high) => `Un nombre de ${low} à ${high}`,
  both: 'La tension a deux chiffres, et celui du haut est le plus grand',
  failed: 'Cela n’a pas pu être gardé. Veuillez réessayer.',
};

export const vitalsWords = { en, fr } as const;
