import type { ConditionKey, DeviceKind } from '../../demo/data/families.ts';
import type { Language } from '../../pages/language.ts';

/** A page to go to, and what one does there. */
export type Door = { name: string; what: string };

/** Every sentence of the pages for people. A missing one does not compile. */
export type Words = {
  title: string;
  lead: string;
  healthy: (time: string) => string;
  unhealthy: (time: string) => string;
  forWhom: string;
  audiences: readonly { who: string; what: string }[];
  addresses: string;
  addressesLead: string;
  address: { fhir: string; metadata: string; smart: string; livez: string; readyz: string };
  comeIn: string;
  doors: { account: Door; privacy: Door; launch: Door; developer: Door; operator: Door };
  tryIt: string;
  tryItLead: string;
  copyHint: string;
  steps: { token: string; read: string; search: string; everything: string; create: string };
  people: string;
  peopleLead: string;
  peopleNote: string;
  columns: { name: string; age: string; id: string; conditions: string; devices: string };
  caption: string;
  more: (count: number) => string;
  well: string;
  noDevice: string;
  stored: string;
  storedLead: (total: string) => string;
  storedRest: string;
  further: string;
  links: { fhir: string; search: string; capability: string; readme: string; devices: string; complaint: string };
  readmeText: string;
  licence: string;
  version: string;
  conditions: Readonly<Record<ConditionKey, string>>;
  devices: Readonly<Record<DeviceKind, string>>;
  errors: {
    notFound: { title: string; text: string };
    fault: { title: string; text: string };
    home: string;
    reference: string;
  };
};

export const words: Readonly<Record<Language, Words>> = {
  en: {
    title: 'One front door to health records',
    lead: 'Portico keeps health records and hands them out in the way apps, clinics and health plans have agreed on: HL7 FHIR, release 4, over HTTP.',
    healthy: (time) => `All is well: the server and its database answered at ${time}.`,
    unhealthy: (time) => `The server answers, but at ${time} its database did not. Please try again in a moment.`,
    forWhom: 'Who it is for',
    audiences: [
      {
        who: 'Those who build apps',
        what: 'Read, write, search and patch any R4 resource. What breaks the rules of FHIR is refused with a sentence that says where and why.',
      },
      {
        who: 'Those who run clinics',
        what: 'Patients, visits, schedules and results in one place, with every earlier version kept.',
      },
      {
        who: 'Those who plan benefits',
        what: 'Coverage, claims and explanations of benefit beside the care that they pay for.',
      },
    ],
    comeIn: 'Come in',
    doors: {
      account: {
        name: 'Your account',
        what: 'See which apps you let in, withdraw their access, and keep your sign-in safe.',
      },
      privacy: {
        name: 'Your privacy',
        what: 'See who looked at your record, say who may, take a copy, have it corrected or deleted.',
      },
      launch: { name: 'Start an app', what: 'For those who treat: open an app in the record of a patient.' },
      developer: { name: 'Developers', what: 'Register an app, start it for practice, and read why it was refused.' },
      operator: { name: 'Operator', what: 'All apps, all accounts and the signing keys of this server.' },
    },
    addresses: 'Addresses',
    addressesLead: 'Records need an access token. The other addresses are open.',
    address: {
      fhir: 'Records: every FHIR request begins here',
      metadata: 'What the server can do, as a CapabilityStatement',
      smart: 'How apps get access (SMART App Launch)',
      livez: 'Is the program running?',
      readyz: 'Can it answer requests?',
    },
    tryIt: 'Try it',
    tryItLead: 'In a terminal, in the folder that Portico was started in:',
    copyHint: 'Click or tap a command to select all of it.',
    steps: {
      token: 'Get a token for this machine',
      read: 'Read one patient',
      search: 'Ask for heart rates, newest first',
      everything: 'Take everything that is known of a patient',
      create: 'Add a reading of your own',
    },
    people: 'Demo patients',
    peopleLead: 'Two clinics, an employer and a health plan, with all that happened to twenty-four people.',
    peopleNote: 'Every person, clinic and firm is invented.',
    columns: { name: 'Name', age: 'Age', id: 'Patient id', conditions: 'Lives with', devices: 'Measures with' },
    caption: 'The demo patients, their ids, conditions and devices',
    more: (count) => `Show the other ${count}`,
    well: 'Nothing of note',
    noDevice: 'No device',
    stored: 'What is stored',
    storedLead: (total) =>
      `${total} resources, by type. Bars grow with the square root of the number, so that the small ones can be seen.`,
    storedRest: 'All other types',
    further: 'Read on',
    links: {
      fhir: 'The FHIR R4 specification',
      search: 'How search works in FHIR',
      capability: 'What this server can do',
      readme: 'The guide',
      devices: 'Your devices and readings',
      complaint: 'Complain about how your information is dealt with',
    },
    readmeText: 'README.md in the folder of the program: a five-minute tour, every setting, how to add to it.',
    licence: 'Free software under the Apache License 2.0',
    version: 'Version',
    conditions: {
      hypertension: 'High blood pressure',
      type2: 'Type 2 diabetes',
      type1: 'Type 1 diabetes',
      asthma: 'Asthma',
      hyperlipidemia: 'High cholesterol',
      hypothyroidism: 'Underactive thyroid',
      anxiety: 'Anxiety',
      depression: 'Depression',
      migraine: 'Migraine',
      copd: 'Chronic lung disease (COPD)',
      osteoarthritis: 'Arthritis of the knee',
      atrialFibrillation: 'Atrial fibrillation',
      heartFailure: 'Heart failure',
      sleepApnea: 'Sleep apnea',
      obesity: 'Obesity',
    },
    devices: { watch: 'watch', cuff: 'blood pressure cuff', scale: 'scale', glucometer: 'glucose meter' },
    errors: {
      notFound: { title: 'There is nothing here', text: 'The address may be mistyped, or the page has moved.' },
      fault: {
        title: 'That went wrong on our side',
        text: 'It was not your doing. Please try again in a moment.',
      },
      home: 'To the front page',
      reference: 'If you report it, please give this number:',
    },
  },
  fr: {
    title: 'Une seule porte d’entrée vers les dossiers de santé',
    lead: 'Portico conserve les dossiers de santé et les transmet de la manière dont applications, cliniques et régimes d’assurance sont convenus : HL7 FHIR, version 4, par HTTP.',
    healthy: (time) => `Tout va bien : le serveur et sa base de données ont répondu à ${time}.`,
    unhealthy: (time) =>
      `Le serveur répond, mais à ${time} sa base de données ne répondait pas. Veuillez réessayer dans un instant.`,
    forWhom: 'À qui il s’adresse',
    audiences: [
      {
        who: 'Qui crée des applications',
        what: 'Lire, écrire, chercher et modifier toute ressource R4. Ce qui enfreint les règles de FHIR est refusé, avec une phrase qui dit où et pourquoi.',
      },
      {
        who: 'Qui dirige une clinique',
        what: 'Patients, consultations, agendas et résultats au même endroit ; chaque version antérieure est conservée.',
      },
      {
        who: 'Qui gère des prestations',
        what: 'Couvertures, demandes de remboursement et relevés de prestations, à côté des soins qu’ils paient.',
      },
    ],
    comeIn: 'Entrer',
    doors: {
      account: {
        name: 'Votre compte',
        what: 'Voir quelles applications ont accès, leur retirer l’accès et protéger votre connexion.',
      },
      privacy: {
        name: 'Votre vie privée',
        what: 'Voir qui a consulté votre dossier, dire qui le peut, en prendre une copie, le faire corriger ou supprimer.',
      },
      launch: {
        name: 'Lancer une application',
        what: 'Pour qui soigne : ouvrir une application dans le dossier d’un patient.',
      },
      developer: {
        name: 'Développement',
        what: 'Inscrire une application, l’essayer et lire pourquoi elle a été refusée.',
      },
      operator: { name: 'Exploitation', what: 'Toutes les applications, tous les comptes et les clés de ce serveur.' },
    },
    addresses: 'Adresses',
    addressesLead: 'Les dossiers exigent un jeton d’accès. Les autres adresses sont ouvertes.',
    address: {
      fhir: 'Les dossiers : toute requête FHIR commence ici',
      metadata: 'Ce que le serveur sait faire, en CapabilityStatement',
      smart: 'Comment les applications obtiennent l’accès (SMART App Launch)',
      livez: 'Le programme tourne-t-il ?',
      readyz: 'Peut-il répondre aux requêtes ?',
    },
    tryIt: 'Essayer',
    tryItLead: 'Dans un terminal, dans le dossier d’où Portico a été lancé :',
    copyHint: 'Un clic ou un toucher sélectionne toute la commande.',
    steps: {
      token: 'Obtenir un jeton pour cette machine',
      read: 'Lire le dossier d’une patiente',
      search: 'Demander des fréquences cardiaques, les plus récentes d’abord',
      everything: 'Prendre tout ce que l’on sait d’une patiente',
      create: 'Ajouter une mesure à soi',
    },
    people: 'Patients de démonstration',
    peopleLead:
      'Deux cliniques, un employeur et un régime d’assurance, avec tout ce qui est arrivé à vingt-quatre personnes.',
    peopleNote: 'Personnes, cliniques et entreprises sont toutes inventées.',
    columns: {
      name: 'Nom',
      age: 'Âge',
      id: 'Identifiant du Patient',
      conditions: 'Vit avec',
      devices: 'Mesure avec',
    },
    caption: 'Les patients de démonstration, leurs identifiants, affections et appareils',
    more: (count) => `Montrer les ${count} autres`,
    well: 'Rien à signaler',
    noDevice: 'Aucun appareil',
    stored: 'Ce qui est conservé',
    storedLead: (total) =>
      `${total} ressources, par type. Les barres croissent avec la racine carrée du nombre, pour que les petites se voient.`,
    storedRest: 'Tous les autres types',
    further: 'Pour aller plus loin',
    links: {
      fhir: 'La spécification FHIR R4 (en anglais)',
      search: 'La recherche dans FHIR (en anglais)',
      capability: 'Ce que ce serveur sait faire',
      readme: 'Le guide',
      devices: 'Vos appareils et vos mesures',
      complaint: 'Porter plainte sur le traitement de vos renseignements',
    },
    readmeText:
      'README.md dans le dossier du programme (en anglais) : une visite en cinq minutes, tous les réglages, comment l’étendre.',
    licence: 'Logiciel libre sous licence Apache 2.0',
    version: 'Version',
    conditions: {
      hypertension: 'Hypertension artérielle',
      type2: 'Diabète de type 2',
      type1: 'Diabète de type 1',
      asthma: 'Asthme',
      hyperlipidemia: 'Cholestérol élevé',
      hypothyroidism: 'Hypothyroïdie',
      anxiety: 'Anxiété',
      depression: 'Dépression',
      migraine: 'Migraine',
      copd: 'Maladie pulmonaire chronique (MPOC)',
      osteoarthritis: 'Arthrose du genou',
      atrialFibrillation: 'Fibrillation auriculaire',
      heartFailure: 'Insuffisance cardiaque',
      sleepApnea: 'Apnée du sommeil',
      obesity: 'Obésité',
    },
    devices: { watch: 'montre', cuff: 'tensiomètre', scale: 'pèse-personne', glucometer: 'glucomètre' },
    errors: {
      notFound: {
        title: 'Il n’y a rien ici',
        text: 'L’adresse est peut-être mal saisie, ou la page a changé de place.',
      },
      fault: {
        title: 'Une erreur s’est produite de notre côté',
        text: 'Vous n’y êtes pour rien. Veuillez réessayer dans un instant.',
      },
      home: 'Vers la page d’accueil',
      reference: 'Si vous la signalez, veuillez donner ce numéro :',
    },
  },
};
