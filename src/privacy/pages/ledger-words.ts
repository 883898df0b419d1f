import type { Language } from '../../pages/language.ts';
import type { RetentionRule } from '../retention/retention-rules.ts';

type LedgerWords = {
  verify: string;
  verifyHint: string;
  whole: (rows: string, blocks: string) => string;
  broken: (problem: string) => string;
  checkpoints: string;
  last: string;
  columns: { when: string; block: string; hash: string };
  retention: {
    rules: string;
    purges: string;
    columns: { types: string; years: string; from: string; withstands: string; source: string };
    purged: { day: string; rule: string; type: string; count: string; held: string };
    years: (years: number) => string;
    triggers: Readonly<Record<RetentionRule['trigger'], string>>;
    withstands: Readonly<Record<RetentionRule['withstands'], string>>;
  };
};

export const ledgerWords: Readonly<Record<Language, LedgerWords>> = {
  en: {
    verify: 'Look through the ledger now',
    verifyHint:
      'Every row is held against the chain, and the chain against the signed checkpoints. It may take a while.',
    whole: (rows, blocks) => `The ledger is whole: ${rows} rows in ${blocks} blocks, each as it was written.`,
    broken: (problem) => `The ledger is not as it was written: ${problem}.`,
    checkpoints: 'Checkpoints',
    last: 'The newest 20 of them.',
    columns: { when: 'Signed on', block: 'Block', hash: 'Fingerprint' },
    retention: {
      rules: 'Rules',
      purges: 'Deleted because their time was over',
      columns: {
        types: 'Of',
        years: 'Kept for',
        from: 'Counted from',
        withstands: 'Withstands',
        source: 'By',
      },
      purged: { day: 'Day', rule: 'Rule', type: 'Kind', count: 'Deleted', held: 'Held back' },
      years: (years) => (years === 1 ? '1 year' : `${years} years`),
      triggers: {
        'last-activity': 'the last entry in the record',
        'period-end': 'the end of what it is about',
        death: 'the death of the patient',
        majority: 'the 18th birthday of the patient',
        adjudication: 'the settlement of the bill',
      },
      withstands: { nothing: 'nothing', deletion: 'a deletion', erasure: 'the erasure of the record' },
    },
  },
  fr: {
    verify: 'Vérifier le registre maintenant',
    verifyHint:
      'Chaque ligne est comparée à la chaîne, et la chaîne aux points de contrôle signés. Cela peut prendre un moment.',
    whole: (rows, blocks) =>
      `Le registre est intact : ${rows} lignes dans ${blocks} blocs, telles qu’elles ont été écrites.`,
    broken: (problem) => `Le registre n’est pas tel qu’il a été écrit : ${problem}.`,
    checkpoints: 'Points de contrôle',
    last: 'Les 20 plus récents.',
    columns: { when: 'Signé le', block: 'Bloc', hash: 'Empreinte' },
    retention: {
      rules: 'Règles',
      purges: 'Supprimé à l’échéance',
      columns: {
        types: 'De',
        years: 'Gardé',
        from: 'À compter de',
        withstands: 'Résiste à',
        source: 'Selon',
      },
      purged: { day: 'Jour', rule: 'Règle', type: 'Catégorie', count: 'Supprimé', held: 'Retenu' },
      years: (years) => (years === 1 ? '1 an' : `${years} ans`),
      triggers: {
        'last-activity': 'la dernière entrée du dossier',
        'period-end': 'la fin de ce dont il s’agit',
        death: 'le décès du patient',
        majority: 'le 18e anniversaire du patient',
        adjudication: 'le règlement de la facture',
      },
      withstands: { nothing: 'rien', deletion: 'une suppression', erasure: 'l’effacement du dossier' },
    },
  },
};
