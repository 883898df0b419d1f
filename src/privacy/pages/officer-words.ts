import type { Language } from '../../pages/language.ts';
import type { RequestCode } from '../requests/request-codes.ts';
import type { Clock } from '../requests/requests.ts';

export const parts = ['requests', 'emergencies', 'holds', 'ledger', 'retention'] as const;
export type Part = (typeof parts)[number];

/** What there is to know of an order of an authority. */
export type OrderFact = 'agency' | 'kind' | 'types' | 'period' | 'legal' | 'officer';

export type OfficerDone = 'decided' | 'closed' | 'approved' | 'held' | 'released' | 'reviewed';

type OfficerWords = {
  places: string;
  parts: Readonly<Record<Part, string>>;
  leads: Readonly<Record<Part, string>>;
  done: Readonly<Record<OfficerDone, string>>;
  refused: string;
  none: Readonly<Record<Part, string>>;
  codes: Readonly<Record<RequestCode, string>>;
  clocks: Readonly<Record<Clock, string>>;
  due: (days: number) => string;
  columns: { what: string; who: string; asked: string; due: string };
  request: {
    of: string;
    by: string;
    asked: string;
    due: string;
    about: string;
    says: string;
    state: string;
    inputs: Readonly<Record<string, string>>;
    order: Readonly<Record<OrderFact, string>>;
    accept: string;
    refuse: string;
    reason: string;
    reasonHint: string;
    value: string;
    valueHint: string;
    decide: string;
    close: string;
    answer: string;
    answerHint: string;
    approve: string;
    approveLead: string;
    itself: Readonly<Record<'copy' | 'erase', string>>;
    wrong: { decision: string; reason: string; answer: string; value: string };
  };
};

export const officerWords: Readonly<Record<Language, OfficerWords>> = {
  en: {
    places: 'Pages of the privacy officer',
    parts: {
      requests: 'Requests',
      emergencies: 'Emergencies',
      holds: 'Holds',
      ledger: 'Ledger',
      retention: 'Retention',
    },
    leads: {
      requests: 'What people have asked for and wait for, what is due soonest first.',
      emergencies: 'Records that were opened in an emergency, and wait for somebody to look into it.',
      holds: 'Records that are kept as they are for a court or an authority: nothing of them is deleted.',
      ledger: 'Every use of a record is in a chain that nobody can change. Its checkpoints are signed.',
      retention: 'What is kept how long, and what was deleted because its time was over.',
    },
    done: {
      decided: 'It is decided, and the person was told.',
      closed: 'The request is closed.',
      approved: 'Your approval is written down.',
      held: 'The record is held.',
      released: 'The hold is released.',
      reviewed: 'The review is written down.',
    },
    refused: 'That could not be done:',
    none: {
      requests: 'Nobody waits for an answer.',
      emergencies: 'There is nothing to look into.',
      holds: 'No record is held.',
      ledger: 'There is no checkpoint yet.',
      retention: 'Nothing was deleted yet because its time was over.',
    },
    codes: {
      copy: 'Copy of the record',
      correct: 'Correction',
      erase: 'Deletion of account and record',
      complaint: 'Complaint',
      disclose: 'Disclosure by order of an authority',
      restriction: 'Restriction',
    },
    clocks: { 'in time': 'In time', alert: 'Due soon', breach: 'Overdue', ended: 'Ended' },
    due: (days) => {
      if (days < 0) return `${-days} ${days === -1 ? 'day' : 'days'} overdue`;
      return days === 0 ? 'due today' : `due in ${days} ${days === 1 ? 'day' : 'days'}`;
    },
    columns: { what: 'Request', who: 'Of', asked: 'Asked on', due: 'Due' },
    request: {
      of: 'Record of',
      by: 'Asked by',
      asked: 'Asked on',
      due: 'Due',
      about: 'About',
      says: 'In their words',
      state: 'State',
      inputs: {
        reason: 'What is wrong',
        contact: 'How an answer reaches them',
        about: 'What it is about',
        value: 'As it should be',
      },
      order: {
        agency: 'Authority',
        kind: 'Kind of order',
        types: 'What it names',
        period: 'From when',
        legal: 'Agreed to for legal counsel by',
        officer: 'Agreed to as privacy officer by',
      },
      accept: 'Accept, and write the correction',
      refuse: 'Refuse',
      reason: 'Why',
      reasonHint: 'The person reads this. It is needed to refuse.',
      value: 'The correction as FHIR (JSON)',
      valueHint:
        'A resource of the same type with the elements as they should be. Needed where the request says it in words only.',
      decide: 'Decide',
      close: 'Answer and close',
      answer: 'Your answer',
      answerHint: 'It stands in the request.',
      approve: 'Approve the disclosure',
      approveLead: 'Two people have to agree: legal counsel and a privacy officer. Look at the order first.',
      itself: {
        copy: 'The copy is made by the server itself; there is nothing to decide.',
        erase:
          'The deletion is carried out by the server itself when the days of grace are over, unless a hold stands.',
      },
      wrong: {
        decision: 'Choose whether you accept or refuse.',
        reason: 'Say why you refuse.',
        answer: 'Write an answer.',
        value: 'This is not JSON.',
      },
    },
  },
  fr: {
    places: 'Pages du responsable de la vie privée',
    parts: {
      requests: 'Demandes',
      emergencies: 'Urgences',
      holds: 'Conservations',
      ledger: 'Registre',
      retention: 'Durées',
    },
    leads: {
      requests: 'Ce que des personnes ont demandé et attendent ; le plus pressant d’abord.',
      emergencies: 'Les dossiers ouverts en urgence, qui attendent un examen.',
      holds: 'Les dossiers conservés tels quels pour un tribunal ou une autorité : rien n’en est supprimé.',
      ledger:
        'Chaque utilisation d’un dossier est dans une chaîne que personne ne peut changer. Ses points de contrôle sont signés.',
      retention: 'Ce qui est gardé combien de temps, et ce qui a été supprimé à l’échéance.',
    },
    done: {
      decided: 'La décision est prise, et la personne a été informée.',
      closed: 'La demande est close.',
      approved: 'Votre accord est noté.',
      held: 'Le dossier est conservé.',
      released: 'La conservation est levée.',
      reviewed: 'L’examen est noté.',
    },
    refused: 'Cela n’a pas pu être fait :',
    none: {
      requests: 'Personne n’attend de réponse.',
      emergencies: 'Il n’y a rien à examiner.',
      holds: 'Aucun dossier n’est conservé.',
      ledger: 'Il n’y a pas encore de point de contrôle.',
      retention: 'Rien n’a encore été supprimé à l’échéance.',
    },
    codes: {
      copy: 'Copie du dossier',
      correct: 'Correction',
      erase: 'Suppression du compte et du dossier',
      complaint: 'Plainte',
      disclose: 'Communication sur ordre d’une autorité',
      restriction: 'Restriction',
    },
    clocks: { 'in time': 'Dans les temps', alert: 'Bientôt dû', breach: 'En retard', ended: 'Terminé' },
    due: (days) => {
      if (days < 0) return `${-days} ${days === -1 ? 'jour' : 'jours'} de retard`;
      return days === 0 ? 'dû aujourd’hui' : `dû dans ${days} ${days === 1 ? 'jour' : 'jours'}`;
    },
    columns: { what: 'Demande', who: 'De', asked: 'Demandé le', due: 'Échéance' },
    request: {
      of: 'Dossier de',
      by: 'Demandé par',
      asked: 'Demandé le',
      due: 'Échéance',
      about: 'Au sujet de',
      says: 'Dans ses mots',
      state: 'État',
      inputs: {
        reason: 'Ce qui est faux',
        contact: 'Comment lui répondre',
        about: 'De quoi il s’agit',
        value: 'Tel qu’il faudrait lire',
      },
      order: {
        agency: 'Autorité',
        kind: 'Type d’ordre',
        types: 'Ce qu’il nomme',
        period: 'De quand',
        legal: 'Approuvé pour le service juridique par',
        officer: 'Approuvé comme responsable de la vie privée par',
      },
      accept: 'Accepter, et inscrire la correction',
      refuse: 'Refuser',
      reason: 'Pourquoi',
      reasonHint: 'La personne le lit. Nécessaire pour refuser.',
      value: 'La correction en FHIR (JSON)',
      valueHint:
        'Une ressource du même type avec les éléments tels qu’ils devraient être. Nécessaire si la demande ne le dit qu’en mots.',
      decide: 'Décider',
      close: 'Répondre et clore',
      answer: 'Votre réponse',
      answerHint: 'Elle figure dans la demande.',
      approve: 'Approuver la communication',
      approveLead:
        'Deux personnes doivent être d’accord : le service juridique et un responsable de la vie privée. Lisez d’abord l’ordre.',
      itself: {
        copy: 'Le serveur prépare lui-même la copie ; il n’y a rien à décider.',
        erase:
          'Le serveur effectue lui-même la suppression après le délai de grâce, sauf si une conservation l’empêche.',
      },
      wrong: {
        decision: 'Choisissez si vous acceptez ou refusez.',
        reason: 'Dites pourquoi vous refusez.',
        answer: 'Écrivez une réponse.',
        value: 'Ce n’est pas du JSON.',
      },
    },
  },
};
