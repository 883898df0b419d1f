import { everyRow, type Rule } from '../../fhir/access.ts';
import { labelBit } from '../../fhir/search/labels.ts';
import { directoryTypes } from '../gate/directory.ts';
import { accountRules } from '../parties/dependents.ts';
import type { ActorPolicy } from './actor.ts';
import { everything, ofPatients } from './rows.ts';
import { ledgerTypes, noTypes } from './types.ts';

/** Of what a person of 12 or more decides alone, their guardian is not told. */
const confided = ['SEX', 'STD', 'HIV', 'PREGNANT', 'REPRO', 'MH', 'PSY', 'PSYTHPN', 'BH', 'SUD', 'ETH', 'ALC', 'DRG']
  .concat(['OPIOIDUD', 'SDV', 'DV', 'DVD', 'GDIS', 'EMOTDIS', 'TBOO'])
  .reduce((bits, code) => bits | labelBit('http://terminology.hl7.org/CodeSystem/v3-ActCode', code), 0);

/**
 * Somebody who acts for a patient: a guardian until the patient is grown up, and without what they confide from the age of 12
 * on; a delegate for as long as they are one. What a patient denies them they are denied.
 */
export const proxy: ActorPolicy = {
  actor: 'proxy',
  purposes: ['FAMRQT', 'PATRQT'],
  implicit: 'permit',
  restricted: 0,
  never: noTypes,
  consents: 'within',
  rules(type, { reach, patient }, { wards = [] }): readonly Rule[] | null {
    if (wards.every(({ age }) => age === 'child') || directoryTypes.has(type))
      return type === 'Account' ? accountRules([everyRow(everything)]) : null;
    const all = new Set([...(reach === 'all' ? [] : reach), ...(patient === null ? [] : [patient])]);
    const grown = new Set(wards.filter(({ age }) => age === 'adult').map((one) => one.patient));
    const young = wards.filter(({ age }) => age === 'adolescent').map((one) => one.patient);
    const others = [...all].filter((one) => !grown.has(one) && !young.includes(one));
    const rules: Rule[] = [ofPatients(others, everything)];
    // Of what a young person confides the ledger tells, too.
    if (young.length > 0 && !ledgerTypes.has(type))
      rules.push({ ...everyRow(everything), patients: young, without: confided });
    return type === 'Account' ? accountRules(rules) : rules;
  },
};
