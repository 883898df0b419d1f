/** What a person lives with, by the keys of conditions.ts. */
export type ConditionKey =
  | 'hypertension'
  | 'type2'
  | 'type1'
  | 'asthma'
  | 'hyperlipidemia'
  | 'hypothyroidism'
  | 'anxiety'
  | 'depression'
  | 'migraine'
  | 'copd'
  | 'osteoarthritis'
  | 'atrialFibrillation'
  | 'heartFailure'
  | 'sleepApnea'
  | 'obesity';

export type DeviceKind = 'watch' | 'cuff' | 'scale' | 'glucometer';

export type Member = {
  given: string;
  /** Where it differs from the family's. */
  family?: string;
  gender: 'female' | 'male' | 'other';
  /** Years, on the day the world is made. */
  age: number;
  /** `parent` is an older relative in the household with coverage of their own. */
  role: 'subscriber' | 'spouse' | 'child' | 'parent';
  conditions: readonly ConditionKey[];
  devices: readonly DeviceKind[];
  /** Key of allergies.ts. */
  allergy?: 'penicillin' | 'peanut' | 'latex' | 'shellfish' | 'bee';
};

export type Family = {
  family: string;
  line: string;
  /** Also says which clinic they go to. */
  city: 'Port Linden' | 'Wexley';
  /** BCP 47: the language they want to be spoken to in. */
  language: 'en' | 'fr' | 'es' | 'ar';
  phone: string;
  members: readonly [Member, ...Member[]];
};

const none: readonly [] = [];

export const families: readonly Family[] = [
  {
    family: 'Osei',
    line: '7 Tannery Lane',
    city: 'Port Linden',
    language: 'en',
    phone: '+1-802-555-0151',
    members: [
      {
        given: 'Amara',
        gender: 'female',
        age: 41,
        role: 'subscriber',
        conditions: ['hypertension'],
        devices: ['watch', 'cuff'],
        allergy: 'penicillin',
      },
      {
        given: 'Kwame',
        gender: 'male',
        age: 44,
        role: 'spouse',
        conditions: ['type2', 'hyperlipidemia'],
        devices: ['glucometer', 'scale'],
      },
      {
        given: 'Nia',
        gender: 'female',
        age: 12,
        role: 'child',
        conditions: ['asthma'],
        devices: none,
        allergy: 'peanut',
      },
      { given: 'Kofi', gender: 'male', age: 8, role: 'child', conditions: none, devices: none },
    ],
  },
  {
    family: 'Tremblay-Roy',
    line: '31 Quarry Road',
    city: 'Wexley',
    language: 'fr',
    phone: '+1-802-555-0152',
    members: [
      {
        given: 'Étienne',
        gender: 'male',
        age: 52,
        role: 'subscriber',
        conditions: ['hypertension', 'hyperlipidemia'],
        devices: ['watch', 'cuff'],
      },
      { given: 'Maude', gender: 'female', age: 50, role: 'spouse', conditions: ['hypothyroidism'], devices: ['watch'] },
      { given: 'Léa', gender: 'female', age: 17, role: 'child', conditions: ['anxiety'], devices: none },
    ],
  },
  {
    family: 'Lindqvist',
    line: '2 Ferry Steps',
    city: 'Port Linden',
    language: 'en',
    phone: '+1-802-555-0153',
    members: [
      { given: 'Sanna', gender: 'female', age: 34, role: 'subscriber', conditions: ['migraine'], devices: ['watch'] },
      { given: 'Olle', gender: 'male', age: 3, role: 'child', conditions: none, devices: none },
    ],
  },
  {
    family: 'Bellamy',
    line: '90 Cooper Street',
    city: 'Port Linden',
    language: 'en',
    phone: '+1-802-555-0154',
    members: [
      { given: 'Femi', gender: 'male', age: 29, role: 'subscriber', conditions: ['depression'], devices: none },
      { given: 'Adaeze', gender: 'female', age: 28, role: 'spouse', conditions: none, devices: none, allergy: 'latex' },
    ],
  },
  {
    family: 'Haddad',
    line: '15 Orchard Hill',
    city: 'Wexley',
    language: 'ar',
    phone: '+1-802-555-0155',
    members: [
      {
        given: 'Rami',
        gender: 'male',
        age: 47,
        role: 'subscriber',
        conditions: ['type2', 'obesity'],
        devices: ['watch', 'glucometer', 'scale'],
      },
      {
        given: 'Yasmine',
        gender: 'female',
        age: 45,
        role: 'spouse',
        conditions: none,
        devices: none,
        allergy: 'shellfish',
      },
      { given: 'Sami', gender: 'male', age: 15, role: 'child', conditions: none, devices: none },
      { given: 'Dalia', gender: 'female', age: 10, role: 'child', conditions: ['asthma'], devices: none },
      {
        given: 'Noor',
        gender: 'female',
        age: 73,
        role: 'parent',
        conditions: ['copd', 'hypertension'],
        devices: ['cuff'],
      },
    ],
  },
  {
    family: 'Kaur-Mendes',
    line: '64 Millrace Way',
    city: 'Wexley',
    language: 'en',
    phone: '+1-802-555-0156',
    members: [
      {
        given: 'Simran',
        gender: 'female',
        age: 38,
        role: 'subscriber',
        conditions: ['type1'],
        devices: ['watch', 'glucometer'],
      },
      {
        given: 'Paulo',
        gender: 'male',
        age: 40,
        role: 'spouse',
        conditions: ['migraine'],
        devices: none,
        allergy: 'bee',
      },
      { given: 'Avi', gender: 'male', age: 6, role: 'child', conditions: none, devices: none },
    ],
  },
  {
    family: 'Castellan',
    line: '5 Lighthouse Row',
    city: 'Port Linden',
    language: 'es',
    phone: '+1-802-555-0157',
    members: [
      {
        given: 'Inés',
        gender: 'female',
        age: 61,
        role: 'subscriber',
        conditions: ['osteoarthritis', 'atrialFibrillation'],
        devices: ['watch', 'cuff'],
        allergy: 'penicillin',
      },
      {
        given: 'Tomás',
        gender: 'male',
        age: 63,
        role: 'spouse',
        conditions: ['heartFailure', 'hypertension'],
        devices: ['watch', 'cuff', 'scale'],
      },
    ],
  },
  {
    family: 'Nakagawa',
    line: '118 Station Parade',
    city: 'Wexley',
    language: 'en',
    phone: '+1-802-555-0158',
    members: [
      {
        given: 'Hiro',
        gender: 'male',
        age: 55,
        role: 'subscriber',
        conditions: ['sleepApnea', 'hypertension'],
        devices: ['watch', 'cuff'],
      },
    ],
  },
  {
    family: 'Petrov-Vale',
    line: '23 Weaver Court',
    city: 'Port Linden',
    language: 'en',
    phone: '+1-802-555-0159',
    members: [
      { given: 'Mira', gender: 'female', age: 26, role: 'subscriber', conditions: ['asthma'], devices: ['watch'] },
      { given: 'Anton', gender: 'male', age: 1, role: 'child', conditions: none, devices: none },
    ],
  },
];
