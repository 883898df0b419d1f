import type { Scope } from '../../fhir/access.ts';
import type { Language } from '../../pages/language.ts';
import { type CategoryCode, categories, categoryCodes, type NamedType } from './scope-categories.ts';

type ScopeWords = {
  types: Readonly<Record<NamedType, string>>;
  categories: Readonly<Record<CategoryCode, string>>;
  /** Categories of another type that are called the same. */
  requests: Readonly<Partial<Record<CategoryCode, string>>>;
  everything: string;
  /** A type that has no plain name here. */
  kind: (type: string) => string;
  /** A scope that asks for a part of a type by something that has no plain name here. */
  part: (kind: string, query: string) => string;
  changes: Readonly<Record<'c' | 'u' | 'd', string>>;
  others: Readonly<Record<string, string>>;
  other: (scope: string) => string;
};

const en: ScopeWords = {
  types: {
    Patient: 'Name, birth date, address and contact details',
    Observation: 'Measurements and test results, such as heart rate, blood pressure and laboratory values',
    Condition: 'Health problems and diagnoses',
    MedicationRequest: 'Prescribed medicines',
    AllergyIntolerance: 'Allergies and intolerances',
    Immunization: 'Vaccinations',
    DiagnosticReport: 'Reports of laboratory tests and imaging',
    DocumentReference: 'Documents and clinical notes',
    Procedure: 'Operations and other procedures',
    Encounter: 'Visits and hospital stays',
    Appointment: 'Appointments',
    CarePlan: 'Care plans',
    CareTeam: 'Who is on the care team',
    Goal: 'Health goals',
    ServiceRequest: 'Referrals and orders for tests',
    Device: 'Implants, wearables and other devices',
    DeviceUseStatement: 'How devices are used',
    MedicationStatement: 'Medicines that are taken, as told by the person',
    MedicationDispense: 'Medicines handed out by a pharmacy',
    MedicationAdministration: 'Medicines given in a clinic',
    FamilyMemberHistory: 'Illnesses in the family',
    QuestionnaireResponse: 'Answers to questionnaires',
    Specimen: 'Samples taken for tests',
    ImagingStudy: 'X-rays and other images',
    Media: 'Photos, sound and video in the record',
    Communication: 'Messages with the care team',
    Coverage: 'Health insurance',
    Claim: 'Bills sent to the insurance',
    ExplanationOfBenefit: 'What the insurance paid',
    RelatedPerson: 'Relatives and other helpers',
    Consent: 'Consents given and withdrawn',
    Provenance: 'Where each entry comes from',
    AuditEvent: 'Who looked at the record',
    Practitioner: 'Doctors, nurses and other staff',
    PractitionerRole: 'Where doctors and other staff work',
    Organization: 'Clinics, laboratories and insurers',
    Location: 'Places of care',
    Medication: 'What medicines are made of',
    HealthcareService: 'Services of clinics',
    Schedule: 'Calendars of clinics',
    Slot: 'Free times for appointments',
    Questionnaire: 'Blank questionnaires',
    Group: 'Lists of patients',
    Task: 'Tasks of the care team',
  },
  categories: {
    'vital-signs': 'Heart rate, blood pressure and other vital signs',
    laboratory: 'Laboratory results',
    'social-history': 'Smoking, alcohol and other habits',
    survey: 'Results of questionnaires',
    sdoh: 'Housing, food, work and other living conditions',
    activity: 'Steps, exercise and sleep',
    imaging: 'Findings in X-rays and other images',
    exam: 'Findings of examinations',
    'functional-status': 'How well everyday tasks are managed',
    'encounter-diagnosis': 'Diagnoses made at a visit',
    'problem-list-item': 'Problems on the problem list',
    'health-concern': 'Health concerns',
    'clinical-note': 'Clinical notes',
  },
  requests: {
    sdoh: 'Referrals for housing, food, work and other living conditions',
    'functional-status': 'Referrals for help with everyday tasks',
  },
  everything: 'Everything in the record, of every kind',
  kind: (type) => `Entries of the kind ${type}`,
  part: (kind, query) => `${kind}, only where ${query}`,
  changes: { c: 'add', u: 'change', d: 'delete' },
  others: {
    openid: 'Know that you signed in here, by a number that stands for you',
    fhirUser: 'Know which entry in the records is you, and read it',
    profile: 'Know your name and user name',
    email: 'Know your email address',
    offline_access: 'Keep this access while you are away, until you withdraw it',
    online_access: 'Keep this access for as long as you are signed in here',
    'portico/launch': 'Start other apps for you, with the record that is open',
    'portico/operator': 'See figures about the whole server',
  },
  other: (scope) => `Use the permission ${scope}`,
};

const fr: ScopeWords = {
  types: {
    Patient: 'Nom, date de naissance, adresse et coordonnées',
    Observation: 'Mesures et résultats, comme le pouls, la tension et les analyses de laboratoire',
    Condition: 'Problèmes de santé et diagnostics',
    MedicationRequest: 'Médicaments prescrits',
    AllergyIntolerance: 'Allergies et intolérances',
    Immunization: 'Vaccinations',
    DiagnosticReport: 'Comptes rendus de laboratoire et d’imagerie',
    DocumentReference: 'Documents et notes cliniques',
    Procedure: 'Opérations et autres interventions',
    Encounter: 'Consultations et séjours à l’hôpital',
    Appointment: 'Rendez-vous',
    CarePlan: 'Plans de soins',
    CareTeam: 'Membres de l’équipe de soins',
    Goal: 'Objectifs de santé',
    ServiceRequest: 'Orientations et demandes d’examens',
    Device: 'Implants, montres connectées et autres appareils',
    DeviceUseStatement: 'Utilisation des appareils',
    MedicationStatement: 'Médicaments pris, selon la personne',
    MedicationDispense: 'Médicaments remis par une pharmacie',
    MedicationAdministration: 'Médicaments administrés en clinique',
    FamilyMemberHistory: 'Maladies dans la famille',
    QuestionnaireResponse: 'Réponses aux questionnaires',
    Specimen: 'Échantillons prélevés pour des analyses',
    ImagingStudy: 'Radiographies et autres images',
    Media: 'Photos, sons et vidéos du dossier',
    Communication: 'Messages avec l’équipe de soins',
    Coverage: 'Assurance maladie',
    Claim: 'Factures envoyées à l’assurance',
    ExplanationOfBenefit: 'Ce que l’assurance a payé',
    RelatedPerson: 'Proches et autres aidants',
    Consent: 'Consentements donnés et retirés',
    Provenance: 'Origine de chaque entrée',
    AuditEvent: 'Qui a consulté le dossier',
    Practitioner: 'Médecins, personnel infirmier et autres soignants',
    PractitionerRole: 'Lieux de travail des soignants',
    Organization: 'Cliniques, laboratoires et assureurs',
    Location: 'Lieux de soins',
    Medication: 'Composition des médicaments',
    HealthcareService: 'Services des cliniques',
    Schedule: 'Agendas des cliniques',
    Slot: 'Plages libres pour des rendez-vous',
    Questionnaire: 'Questionnaires vierges',
    Group: 'Listes de patients',
    Task: 'Tâches de l’équipe de soins',
  },
  categories: {
    'vital-signs': 'Pouls, tension et autres signes vitaux',
    laboratory: 'Résultats de laboratoire',
    'social-history': 'Tabac, alcool et autres habitudes',
    survey: 'Résultats de questionnaires',
    sdoh: 'Logement, alimentation, travail et autres conditions de vie',
    activity: 'Pas, exercice et sommeil',
    imaging: 'Constats de radiographies et d’autres images',
    exam: 'Constats d’examens',
    'functional-status': 'Autonomie dans les gestes de tous les jours',
    'encounter-diagnosis': 'Diagnostics posés lors d’une consultation',
    'problem-list-item': 'Problèmes de la liste des problèmes',
    'health-concern': 'Préoccupations de santé',
    'clinical-note': 'Notes cliniques',
  },
  requests: {
    sdoh: 'Orientations pour le logement, l’alimentation, le travail et d’autres conditions de vie',
    'functional-status': 'Orientations pour de l’aide dans les gestes de tous les jours',
  },
  everything: 'Tout le dossier, quelle que soit la nature des entrées',
  kind: (type) => `Entrées de type ${type}`,
  part: (kind, query) => `${kind}, seulement où ${query}`,
  changes: { c: 'ajouter', u: 'modifier', d: 'supprimer' },
  others: {
    openid: 'Savoir que vous vous êtes connecté ici, par un numéro qui vous représente',
    fhirUser: 'Savoir quelle entrée des dossiers est la vôtre, et la lire',
    profile: 'Connaître votre nom et votre nom d’utilisateur',
    email: 'Connaître votre adresse électronique',
    offline_access: 'Garder cet accès en votre absence, jusqu’à ce que vous le retiriez',
    online_access: 'Garder cet accès tant que vous êtes connecté ici',
    'portico/launch': 'Démarrer d’autres applications pour vous, avec le dossier ouvert',
    'portico/operator': 'Voir des chiffres sur tout le serveur',
  },
  other: (scope) => `Utiliser la permission ${scope}`,
};

const words: Readonly<Record<Language, ScopeWords>> = { en, fr };

const isNamed = (type: string): type is NamedType => Object.hasOwn(en.types, type);

function kindOf(say: ScopeWords, type: string): string {
  if (type === '*') return say.everything;
  return isNamed(type) ? say.types[type] : say.kind(type);
}

/** The category that a granular scope names, where it is one that has a plain name. */
function categoryOf({ type, query }: Scope): CategoryCode | undefined {
  const [, named] = /^category=([^&]+)$/.exec(query ?? '') ?? [];
  if (named === undefined) return undefined;
  const found = categories.get(type)?.find(({ system, code }) => named === `${system}|${code}`);
  return found?.code ?? categoryCodes.find((code) => code === named);
}

/** What rows a clinical scope is of, in plain words: `Heart rate, blood pressure and other vital signs`. */
export function rowsInWords(language: Language, scope: Scope): string {
  const say = words[language];
  if (scope.query === null) return kindOf(say, scope.type);
  const category = categoryOf(scope);
  if (category === undefined) return say.part(kindOf(say, scope.type), scope.query);
  return (scope.type === 'ServiceRequest' ? say.requests[category] : undefined) ?? say.categories[category];
}

/** What may be done to them: `add, change`. */
export function changesInWords(language: Language, { interactions }: Scope): string {
  const say = words[language];
  return (['c', 'u', 'd'] as const).flatMap((one) => (interactions.has(one) ? say.changes[one] : [])).join(', ');
}

/** A scope that is no claim on resources. */
export const otherInWords = (language: Language, scope: string): string =>
  words[language].others[scope] ?? words[language].other(scope);
