import type { CodeableConcept } from '@medplum/fhirtypes';

/** Ours and HL7's names of statistics. https://terminology.hl7.org/CodeSystem-observation-statistics.html */
const codes: Readonly<Record<string, string>> = {
  average: 'average',
  maximum: 'maximum',
  minimum: 'minimum',
  count: 'count',
  sum: 'sum',
  median: 'median',
  variance: 'variance',
  'standard deviation': 'std-dev',
  '20th percentile': '20-percent',
  '80th percentile': '80-percent',
  'lower quartile': '4-lower',
  'upper quartile': '4-upper',
  'quartile deviation': '4-dev',
  '1st quintile': '5-1',
  '2nd quintile': '5-2',
  '3rd quintile': '5-3',
  '4th quintile': '5-4',
};

export const statisticCode = (statistic: string): string | null => codes[statistic] ?? null;

/** How a value was made of many, as the method of an Observation. */
export function methodOf(statistic: string): CodeableConcept {
  const code = statisticCode(statistic);
  const system = 'http://terminology.hl7.org/CodeSystem/observation-statistics';
  return { text: statistic, ...(code === null ? {} : { coding: [{ system, code }] }) };
}
