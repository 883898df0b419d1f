import type { LabelCode, LabelRule } from '../rule.ts';

const own: readonly LabelCode[] = [
  'ETH',
  'SUD',
  'ALC',
  'OPIOIDUD',
  'PSY',
  'MH',
  'COGN',
  'DVD',
  'HIV',
  'STD',
  'SEX',
  'REPRO',
  'PREGNANT',
  'SDV',
  'DV',
  'SICKLE',
];

/** Labels that a resource names itself, as DocumentReference.securityLabel does; and what the law adds to some. */
export const ownLabels: readonly LabelRule[] = [
  ...own.map((label): LabelRule => ({ labels: [label], codes: { act: [label] } })),
  { labels: ['ETH', 'SUD', '42CFRPart2', 'NORDSCLCD'], codes: { act: ['ETHUD', '42CFRPart2'] } },
  { labels: ['V', 'PSY', 'MH', 'PSYTHPN'], codes: { act: ['PSYTHPN'] } },
  { labels: ['V'], codes: { confidentiality: ['V'] } },
  { labels: [], codes: { confidentiality: ['R'] } },
];
