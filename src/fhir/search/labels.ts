import type { Json } from '../context.ts';

const confidentiality = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';
const actCode = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
const portico = 'https://portico.dev/fhir/CodeSystem/label';
const actReason = 'http://terminology.hl7.org/CodeSystem/v3-ActReason';

/**
 * The security labels that a row carries as bits: those that consents and policies hold back. A bit's number is its place here;
 * new labels go at the end, and there is room for 31, because bits are tested as 32-bit integers.
 *
 * @see https://hl7.org/fhir/R4/security-labels.html
 * @see https://terminology.hl7.org/CodeSystem-v3-ActCode.html _InformationSensitivityPolicy
 */
export const labels: readonly (readonly [system: string, code: string])[] = [
  [confidentiality, 'R'],
  [confidentiality, 'V'],
  [actCode, 'ETH'],
  [actCode, 'SUD'],
  [actCode, 'ALC'],
  [actCode, 'DRG'],
  [actCode, 'OPIOIDUD'],
  [actCode, 'HIV'],
  [actCode, 'STD'],
  [actCode, 'SEX'],
  [actCode, 'SICKLE'],
  [actCode, 'GDIS'],
  [actCode, 'MH'],
  [actCode, 'PSY'],
  [actCode, 'PSYTHPN'],
  [actCode, 'BH'],
  [actCode, 'COGN'],
  [actCode, 'DVD'],
  [actCode, 'EMOTDIS'],
  [actCode, 'SDV'],
  [actCode, 'DV'],
  [actCode, 'SOC'],
  [actCode, 'PREGNANT'],
  [actCode, 'REPRO'],
  [actCode, 'VIP'],
  [actCode, 'TBOO'],
  [actCode, 'SPI'],
  [actCode, 'CEL'],
  [actCode, 'EMP'],
  [actReason, 'HTEST'],
  // Of what no employer ever sees.
  [portico, 'never-employer'],
];

const bits = new Map<string, number>(labels.map(([system, code], at) => [`${system}|${code}`, 1 << at]));
// Two words for one matter: the abuse of alcohol.
bits.set(`${actCode}|ETHUD`, bits.get(`${actCode}|ALC`) ?? 0);

/** The bit of one label, or 0 for a label that rows do not carry. */
export const labelBit = (system: string | undefined, code: string | undefined): number =>
  bits.get(`${system ?? ''}|${code ?? ''}`) ?? 0;

/** The labels of a resource, from its meta.security. */
export function labelBits(resource: Json): number {
  // Checked resources have a Meta here, and what is no list of Codings has no labels.
  const security = (resource.meta as { security?: unknown } | undefined)?.security;
  if (!Array.isArray(security)) return 0;
  return security.reduce<number>((found, coding) => found | labelBit(coding?.system, coding?.code), 0);
}
