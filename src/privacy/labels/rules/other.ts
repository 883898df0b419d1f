import type { LabelRule } from '../rule.ts';
import { workplaceQuestionnaires } from '../workplace.ts';

/** What stands alone. */
export const other: readonly LabelRule[] = [
  {
    labels: ['SICKLE'],
    codes: {
      icd10: ['D57*'],
      icd9: ['2826*', '28241', '28242'],
      snomed: ['417357006', '127040003', '417425009', '417517009', '16402000'],
    },
  },
  {
    // What an employee answers about their health is not the employer's, whatever the employee has signed.
    labels: ['NODSCLCD', 'never-employer'],
    codes: {},
    questionnaires: workplaceQuestionnaires,
  },
];
