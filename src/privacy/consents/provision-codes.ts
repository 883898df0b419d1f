import type { Coding } from '@medplum/fhirtypes';

import { labelBit } from '../../fhir/search/labels.ts';

export const resourceTypeSystem = 'http://hl7.org/fhir/resource-types';
export const consentAction = 'http://terminology.hl7.org/CodeSystem/consentaction';
export const participation = 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType';
/** A class of actors, where no one in particular is meant. */
export const actorSystem = 'https://portico.dev/fhir/CodeSystem/actor';

const confidentiality = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';
const actCode = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';

/** A matter and what is part of it: who speaks of the mind speaks of psychiatry, too. */
const matters: Readonly<Record<string, readonly string[]>> = {
  BH: ['COGN', 'DVD', 'EMOTDIS', 'MH', 'PSY', 'PSYTHPN', 'SUD', 'ETH', 'ALC', 'DRG', 'OPIOIDUD'],
  MH: ['PSY', 'PSYTHPN'],
  PSY: ['PSYTHPN'],
  ETH: ['SUD', 'ALC', 'DRG', 'OPIOIDUD'],
  SUD: ['ALC', 'DRG', 'OPIOIDUD'],
  DRG: ['OPIOIDUD'],
  SEX: ['STD'],
  SDV: ['DV'],
};

/** Notes of a psychotherapy are seen by who is told so in so many words, and nobody else. */
const alone: ReadonlySet<string> = new Set(['PSYTHPN']);

/** The label of what is no more confidential than health records are. */
export const normal = {
  is: (system: string | undefined, code: string | undefined): boolean => system === confidentiality && code === 'N',
  /** Labels, as bits, of which a normal row has none. */
  without: labelBit(confidentiality, 'R') | labelBit(confidentiality, 'V'),
};

export const isKnownLabel = ({ system, code }: Coding): boolean =>
  normal.is(system, code) || labelBit(system, code) !== 0;

/**
 * Labels as bits, those of what is part of a matter with it; of N there is none.
 *
 * @param whole whether what must be named itself is among the parts
 */
export function labelsOf(codings: readonly Coding[], whole: boolean): number {
  let bits = 0;
  for (const { system, code } of codings) {
    bits |= labelBit(system, code);
    if (system !== actCode) continue;
    for (const part of matters[code ?? ''] ?? []) if (whole || !alone.has(part)) bits |= labelBit(actCode, part);
  }
  return bits;
}
