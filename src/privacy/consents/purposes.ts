/**
 * Purposes of use and what each is part of.
 *
 * @see https://terminology.hl7.org/CodeSystem-v3-ActReason.html PurposeOfUse
 */
const parts: readonly (readonly [whole: string, parts: string])[] = [
  ['', 'HMARKT HOPERAT HPAYMT HRESCH PATRQT PUBHLTH TREAT'],
  [
    'HOPERAT',
    'CAREMGT DONAT FRAUD GOV HACCRED HCOMPL HDECD HDIRECT HDM HLEGAL HOUTCOMS HPRGRP HQUALIMP HSYSADMIN MEMADMIN MILCDM PATADMIN PATSFTY PERFMSR RECORDMGT SYSDEV TRAIN',
  ],
  ['HSYSADMIN', 'LABELING METAMGT'],
  ['SYSDEV', 'HTEST'],
  ['HPAYMT', 'CLMATTCH COVAUTH COVERAGE REMITADV'],
  ['COVERAGE', 'ELIGDTRM ELIGVER ENROLLM MILDCRG'],
  ['HRESCH', 'BIORCH CLINTRCH DSRCH POARCH TRANSRCH'],
  ['CLINTRCH', 'CLINTRCHNPC CLINTRCHPC PRECLINTRCH'],
  ['PATRQT', 'FAMRQT PWATRNY SUPNWK'],
  ['PUBHLTH', 'DISASTER THREAT'],
  ['TREAT', 'CLINTRL COC ETREAT POPHLTH'],
  ['ETREAT', 'BTG ERTREAT'],
];

const wholes = new Map<string, string>(
  parts.flatMap(([whole, list]) => list.split(' ').map((part) => [part, whole] as const)),
);

export const actReason = 'http://terminology.hl7.org/CodeSystem/v3-ActReason';

export const isPurpose = (code: string): boolean => wholes.has(code);

/** Those that are about an emergency. */
const emergencies: ReadonlySet<string> = new Set(['ETREAT', 'BTG', 'ERTREAT']);

export const isEmergency = (code: string): boolean => emergencies.has(code);

/** The purpose, and every wider one that it is part of: `BTG` → BTG, ETREAT, TREAT. */
export function widerPurposes(code: string): readonly string[] {
  const all: string[] = [];
  for (let one = code; one !== ''; one = wholes.get(one) ?? '') all.push(one);
  return all;
}
