import type { CodeSystem } from './code-systems.ts';

/** Labels that a rule gives; what is R is held back, V is more than that and R as well. */
export type LabelCode =
  | 'V'
  | 'ETH'
  | 'SUD'
  | 'ALC'
  | 'OPIOIDUD'
  | '42CFRPart2'
  | 'PSY'
  | 'MH'
  | 'PSYTHPN'
  | 'COGN'
  | 'DVD'
  | 'HIV'
  | 'STD'
  | 'SEX'
  | 'REPRO'
  | 'PREGNANT'
  | 'SDV'
  | 'DV'
  | 'SICKLE'
  | 'NODSCLCD'
  | 'NORDSCLCD'
  | 'never-employer';

/**
 * What has one of these codes, anywhere in it, gets these labels, and R with them. A code that ends in `*` is a prefix. Codes
 * of ICD are written without the dot.
 */
export type LabelRule = {
  labels: readonly LabelCode[];
  codes: Partial<Record<CodeSystem, readonly string[]>>;
  /** Canonical URLs of Questionnaires without a version: their answers get the labels whatever they say. */
  questionnaires?: readonly string[];
};
