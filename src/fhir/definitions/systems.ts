import type { ValueSet } from '@medplum/fhirtypes';

import { readBundle } from './load.ts';

let systems: ReadonlyMap<string, string> | undefined;

/**
 * Value set → the code system of all its codes, where that is one and the value set is R4's own. It gives a code, which has no
 * system of its own, the system its element implies.
 */
export function codeSystems(): ReadonlyMap<string, string> {
  if (systems) return systems;
  const found = new Map<string, string>();
  for (const set of readBundle<ValueSet>('valuesets.json')) {
    if (set.resourceType !== 'ValueSet' || set.url === undefined) continue;
    const drawn = new Set((set.compose?.include ?? []).map(({ system }) => system));
    const [system] = drawn;
    if (drawn.size === 1 && system !== undefined) found.set(set.url, system);
  }
  systems = found;
  return found;
}
