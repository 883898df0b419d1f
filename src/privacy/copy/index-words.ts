/** The languages in which a copy explains itself. */
export const copyLanguages = ['en', 'fr'] as const;

export type CopyLanguage = (typeof copyLanguages)[number];

type Words = {
  title: string;
  other: string;
  of: (name: string) => string;
  made: (date: string) => string;
  mark: (id: string) => string;
  intro: string;
  inside: string;
  file: string;
  what: string;
  count: string;
  record: (type: string) => string;
  related: (type: string) => string;
  bytes: string;
  account: string;
  accounting: string;
  requests: string;
  byYear: string;
  undated: string;
  more: (count: number) => string;
  omitted: (count: number) => string;
  check: string;
  care: string;
};

export const words: Record<CopyLanguage, Words> = {
  en: {
    title: 'A copy of your record',
    other: 'Français',
    of: (name) => `Record of ${name}`,
    made: (date) => `Made on ${date}`,
    mark: (id) => `Number of this copy: ${id}`,
    intro:
      'Here is what is kept about you, but for lists that are about other people, too. The files that end in .ndjson are for programs: another health service can read them, for they are written in the standard HL7 FHIR R4. The files that end in .csv open in a spreadsheet. Below is what is in them, in plain words.',
    inside: 'What is inside',
    file: 'File',
    what: 'What it is',
    count: 'Entries',
    record: (type) => `Your record: ${type}`,
    related: (type) => `Whom or what your record refers to: ${type}`,
    bytes: 'A document or picture of your record',
    account: 'Your account, how you signed in and which apps you let in',
    accounting: 'Who used or was given what of your record',
    requests: 'What you asked for: copies, corrections and the like',
    byYear: 'Your record, year by year',
    undated: 'Without a date',
    more: (count) => `and ${count} more`,
    omitted: (count) =>
      `${count} documents are not in this copy, because nothing says for certain that they are yours. Ask for them by a request for correction or a complaint. manifest.json names them.`,
    check: 'manifest.json lists each file with its SHA-256, so that anybody can tell whether it was changed.',
    care: 'Whoever has this file can read all of it. Keep it where only you can open it.',
  },
  fr: {
    title: 'Une copie de votre dossier',
    other: 'English',
    of: (name) => `Dossier de ${name}`,
    made: (date) => `Faite le ${date}`,
    mark: (id) => `Numéro de cette copie : ${id}`,
    intro:
      'Voici ce qui est conservé à votre sujet, sauf les listes qui concernent aussi d’autres personnes. Les fichiers qui se terminent par .ndjson sont destinés aux programmes : un autre service de santé peut les lire, car ils suivent la norme HL7 FHIR R4. Les fichiers qui se terminent par .csv s’ouvrent dans un tableur. Leur contenu est décrit ci-dessous en mots simples.',
    inside: 'Ce qui s’y trouve',
    file: 'Fichier',
    what: 'Contenu',
    count: 'Éléments',
    record: (type) => `Votre dossier : ${type}`,
    related: (type) => `Personnes et choses que votre dossier mentionne : ${type}`,
    bytes: 'Un document ou une image de votre dossier',
    account: 'Votre compte, vos connexions et les applications que vous avez autorisées',
    accounting: 'Qui a utilisé ou reçu quoi de votre dossier',
    requests: 'Ce que vous avez demandé : copies, corrections, etc.',
    byYear: 'Votre dossier, année par année',
    undated: 'Sans date',
    more: (count) => `et ${count} de plus`,
    omitted: (count) =>
      `${count} documents ne sont pas dans cette copie, car rien ne dit avec certitude qu’ils sont à vous. Demandez-les par une demande de correction ou une plainte. manifest.json les nomme.`,
    check: 'manifest.json énumère chaque fichier avec son SHA-256, afin que chacun puisse vérifier s’il a été modifié.',
    care: 'Quiconque possède ce fichier peut le lire en entier. Gardez-le là où vous seul pouvez l’ouvrir.',
  },
};

/** What a type of resource is to the person whose record it is in; a type that is not here goes by its own name. */
const typeWords: Record<string, Record<CopyLanguage, string>> = {
  Account: { en: 'Account with a service', fr: 'Compte auprès d’un service' },
  AllergyIntolerance: { en: 'Allergy', fr: 'Allergie' },
  Appointment: { en: 'Appointment', fr: 'Rendez-vous' },
  AuditEvent: { en: 'Use of the record', fr: 'Utilisation du dossier' },
  CarePlan: { en: 'Care plan', fr: 'Plan de soins' },
  CareTeam: { en: 'Care team', fr: 'Équipe de soins' },
  Claim: { en: 'Insurance claim', fr: 'Demande de remboursement' },
  ClaimResponse: { en: 'Answer to an insurance claim', fr: 'Réponse à une demande de remboursement' },
  Communication: { en: 'Message', fr: 'Message' },
  Condition: { en: 'Health condition', fr: 'Problème de santé' },
  Consent: { en: 'Consent', fr: 'Consentement' },
  Coverage: { en: 'Insurance coverage', fr: 'Couverture d’assurance' },
  Device: { en: 'Device', fr: 'Appareil' },
  DeviceMetric: { en: 'What a device can measure', fr: 'Ce qu’un appareil peut mesurer' },
  DiagnosticReport: { en: 'Report of results', fr: 'Compte rendu de résultats' },
  DocumentReference: { en: 'Document', fr: 'Document' },
  Encounter: { en: 'Visit', fr: 'Consultation' },
  EpisodeOfCare: { en: 'Episode of care', fr: 'Épisode de soins' },
  ExplanationOfBenefit: { en: 'Explanation of benefits', fr: 'Relevé de prestations' },
  FamilyMemberHistory: { en: 'Family history', fr: 'Antécédents familiaux' },
  Flag: { en: 'Alert', fr: 'Alerte' },
  Goal: { en: 'Goal', fr: 'Objectif' },
  ImagingStudy: { en: 'Imaging', fr: 'Imagerie' },
  Immunization: { en: 'Vaccination', fr: 'Vaccination' },
  Invoice: { en: 'Invoice', fr: 'Facture' },
  Location: { en: 'Place', fr: 'Lieu' },
  Media: { en: 'Picture or recording', fr: 'Image ou enregistrement' },
  Medication: { en: 'Medicine', fr: 'Médicament' },
  MedicationAdministration: { en: 'Medicine given', fr: 'Médicament administré' },
  MedicationDispense: { en: 'Medicine dispensed', fr: 'Médicament délivré' },
  MedicationRequest: { en: 'Prescription', fr: 'Ordonnance' },
  MedicationStatement: { en: 'Medicine taken', fr: 'Médicament pris' },
  Observation: { en: 'Measurement or finding', fr: 'Mesure ou constatation' },
  Organization: { en: 'Organization', fr: 'Organisation' },
  Patient: { en: 'You', fr: 'Vous' },
  Person: { en: 'Person', fr: 'Personne' },
  Practitioner: { en: 'Practitioner', fr: 'Professionnel de la santé' },
  PractitionerRole: { en: 'Role of a practitioner', fr: 'Fonction d’un professionnel de la santé' },
  Procedure: { en: 'Procedure', fr: 'Intervention' },
  Provenance: { en: 'Who wrote something, and when', fr: 'Qui a écrit quelque chose, et quand' },
  QuestionnaireResponse: { en: 'Questionnaire, answered', fr: 'Questionnaire rempli' },
  RelatedPerson: { en: 'Person close to you', fr: 'Personne proche de vous' },
  ServiceRequest: { en: 'Order or referral', fr: 'Prescription ou orientation' },
  Specimen: { en: 'Specimen', fr: 'Échantillon' },
};

export const typeWord = (type: string, language: CopyLanguage): string => typeWords[type]?.[language] ?? type;
