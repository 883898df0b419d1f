import type { Language } from '../../pages/language.ts';

/** What resources of a type are called to whom they are about. */
const types = {
  Account: ['spending accounts', 'comptes de dépenses'],
  AllergyIntolerance: ['allergies and intolerances', 'allergies et intolérances'],
  Appointment: ['appointments', 'rendez-vous'],
  AuditEvent: ['the list of who saw your record', 'la liste de qui a vu votre dossier'],
  Binary: ['files', 'fichiers'],
  CarePlan: ['care plans', 'plans de soins'],
  CareTeam: ['care team', 'équipe de soins'],
  Claim: ['bills to the insurance', 'factures à l’assurance'],
  ClaimResponse: ['answers of the insurance to bills', 'réponses de l’assurance aux factures'],
  Communication: ['messages', 'messages'],
  Condition: ['health problems and diagnoses', 'problèmes de santé et diagnostics'],
  Consent: ['consents', 'consentements'],
  Coverage: ['insurance', 'assurance'],
  Device: ['devices', 'appareils'],
  DiagnosticReport: ['reports of laboratory tests and imaging', 'comptes rendus de laboratoire et d’imagerie'],
  DocumentReference: ['documents and clinical notes', 'documents et notes cliniques'],
  Encounter: ['visits and hospital stays', 'consultations et séjours à l’hôpital'],
  ExplanationOfBenefit: ['what the insurance paid', 'ce que l’assurance a payé'],
  FamilyMemberHistory: ['illnesses in the family', 'maladies dans la famille'],
  Flag: ['notes and warnings', 'remarques et avertissements'],
  Goal: ['health goals', 'objectifs de santé'],
  ImagingStudy: ['X-rays and other images', 'radiographies et autres images'],
  Immunization: ['vaccinations', 'vaccinations'],
  MedicationAdministration: ['medicines given in a clinic', 'médicaments administrés en clinique'],
  MedicationDispense: ['medicines from the pharmacy', 'médicaments remis en pharmacie'],
  MedicationRequest: ['prescribed medicines', 'médicaments prescrits'],
  MedicationStatement: ['medicines that you take', 'médicaments que vous prenez'],
  Observation: ['measurements and test results', 'mesures et résultats d’analyses'],
  Patient: ['name, birth date and contact details', 'nom, date de naissance et coordonnées'],
  Procedure: ['operations and other procedures', 'opérations et autres interventions'],
  Provenance: ['where entries come from', 'origine des entrées'],
  QuestionnaireResponse: ['answers to questionnaires', 'réponses aux questionnaires'],
  RelatedPerson: ['relatives and helpers', 'proches et aidants'],
  ServiceRequest: ['referrals and orders for tests', 'orientations et demandes d’examens'],
  Specimen: ['samples taken for tests', 'échantillons prélevés'],
  Task: ['requests and tasks', 'demandes et tâches'],
} as const;

export type NamedType = keyof typeof types;

export const isNamedType = (type: string): type is NamedType => Object.hasOwn(types, type);

const at: Readonly<Record<Language, 0 | 1>> = { en: 0, fr: 1 };

/** What resources of a type are called: `prescribed medicines`; the name of the type where it has no other. */
export const typeInWords = (language: Language, type: string): string =>
  isNamedType(type) ? types[type][at[language]] : type;

/** Kinds of data of which a consent may be, as people choose among them. */
export const choosableTypes: readonly NamedType[] = [
  'Observation',
  'DiagnosticReport',
  'MedicationRequest',
  'Condition',
  'AllergyIntolerance',
  'Immunization',
  'Procedure',
  'Encounter',
  'DocumentReference',
  'QuestionnaireResponse',
  'CarePlan',
  'Appointment',
  'Claim',
];

/** Sensitive matters of which a consent may be; codes of https://terminology.hl7.org/CodeSystem-v3-ActCode.html. */
const matters = {
  MH: ['mental health', 'santé mentale'],
  SUD: ['alcohol and drugs', 'alcool et drogues'],
  HIV: ['HIV', 'VIH'],
  STD: ['sexually transmitted infections', 'infections transmises sexuellement'],
  SEX: ['sexual health', 'santé sexuelle'],
  REPRO: ['pregnancy and family planning', 'grossesse et planification familiale'],
  SDV: ['violence and abuse', 'violence et abus'],
} as const;

export type Matter = keyof typeof matters;

export const choosableMatters = Object.keys(matters) as Matter[]; // its keys are those

const isMatter = (code: string): code is Matter => Object.hasOwn(matters, code);

/** What a security label is about, in plain words; the code where it has no other. */
export const matterInWords = (language: Language, code: string): string =>
  isMatter(code) ? matters[code][at[language]] : code;
