import type { LabelRule } from '../rule.ts';
import { infections } from './infections.ts';
import { mentalHealth } from './mental-health.ts';
import { other } from './other.ts';
import { ownLabels } from './own-labels.ts';
import { reproduction } from './reproduction.ts';
import { substanceUse } from './substance-use.ts';
import { violence } from './violence.ts';

/** LIST: all rules that give labels; a resource gets what each of them gives. */
export const rules: readonly LabelRule[] = [
  ...substanceUse,
  ...mentalHealth,
  ...infections,
  ...reproduction,
  ...violence,
  ...other,
  ...ownLabels,
];
