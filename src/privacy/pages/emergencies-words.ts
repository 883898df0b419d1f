import type { Language } from '../../pages/language.ts';

type EmergenciesWords = {
  opened: (who: string, whom: string) => string;
  from: (begun: string, ends: string) => string;
  reason: string;
  saw: string;
  nothing: string;
  justified: string;
  unjustified: string;
  of: (who: string) => string;
  hint: string;
};

export const emergenciesWords: Readonly<Record<Language, EmergenciesWords>> = {
  en: {
    opened: (who, whom) => `${who} opened the record of ${whom}`,
    from: (begun, ends) => `From ${begun} to ${ends}`,
    reason: 'The reason given',
    saw: 'What they saw',
    nothing: 'Nothing was looked at.',
    justified: 'It was justified',
    unjustified: 'It was not justified',
    of: (who) => `the access of ${who}`,
    hint: 'What was not justified ends at once, if it has not ended by itself.',
  },
  fr: {
    opened: (who, whom) => `${who} a ouvert le dossier de ${whom}`,
    from: (begun, ends) => `Du ${begun} au ${ends}`,
    reason: 'Le motif donné',
    saw: 'Ce qui a été vu',
    nothing: 'Rien n’a été consulté.',
    justified: 'C’était justifié',
    unjustified: 'Ce n’était pas justifié',
    of: (who) => `l’accès de ${who}`,
    hint: 'Ce qui n’était pas justifié prend fin aussitôt, si ce n’est déjà fait.',
  },
};
