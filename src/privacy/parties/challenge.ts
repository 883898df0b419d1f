import { createHmac } from 'node:crypto';
import type { Group, Observation } from '@medplum/fhirtypes';

import type { FhirContext } from '../../fhir/context.ts';
import { patientOf } from './coverage.ts';
import { resourcesOf } from './rows.ts';

const first = [
  ...['Amber', 'Brave', 'Calm', 'Dapper', 'Eager', 'Fleet', 'Gentle', 'Happy', 'Ivory', 'Jolly', 'Keen', 'Lively'],
  ...['Merry', 'Noble', 'Olive', 'Proud', 'Quick', 'Ruby', 'Sunny', 'Swift', 'Tidy', 'Upbeat', 'Vivid', 'Witty'],
];
const second = [
  ...['Badger', 'Crane', 'Dolphin', 'Egret', 'Falcon', 'Gazelle', 'Heron', 'Ibis', 'Jay', 'Kestrel', 'Lynx', 'Marten'],
  ...['Newt', 'Otter', 'Puffin', 'Quail', 'Raven', 'Seal', 'Tern', 'Urchin', 'Vole', 'Wren', 'Yak', 'Zebra'],
];

/** What somebody is called in a challenge: the same each time, another in each challenge, and made with a key that nobody has. */
export function handleOf(context: FhirContext, tenant: number, group: string, patient: string): string {
  const key = context.settings.keyOf('challenge handles');
  const made = createHmac('sha256', key).update(`${tenant}\n${group}\n${patient}`).digest();
  const word = (list: readonly string[], at: number): string => list[(made[at] ?? 0) % list.length] ?? '';
  return `${word(first, 0)} ${word(second, 1)} ${(made.readUInt32BE(2) % 9000) + 1000}`;
}

export const membersOf = ({ member = [] }: Group): ReadonlySet<string> =>
  new Set(member.flatMap(({ entity, inactive }) => (inactive ? [] : (patientOf(entity) ?? []))));

/** What each participant has reached: the sum of the values of what was observed with the challenge as its focus. */
export async function scoresOf(
  context: FhirContext,
  tenant: number,
  group: string,
): Promise<ReadonlyMap<string, number>> {
  const criteria = { focus: `Group/${group}`, status: 'final,amended,corrected' };
  const all = await resourcesOf<Observation>(context, { tenant, type: 'Observation', criteria });
  const scores = new Map<string, number>();
  for (const { subject, valueQuantity, valueInteger } of all) {
    const patient = patientOf(subject);
    if (patient !== null) scores.set(patient, (scores.get(patient) ?? 0) + (valueQuantity?.value ?? valueInteger ?? 0));
  }
  return scores;
}
