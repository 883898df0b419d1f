import { everyRow } from '../../fhir/access.ts';
import { directoryTypes } from '../gate/directory.ts';
import type { ActorPolicy } from './actor.ts';
import { inPart, keeping } from './rows.ts';
import { knownBy } from './shown.ts';
import { allBut } from './types.ts';

const known: ReadonlySet<string> = new Set(['Patient']);
const kept: ReadonlySet<string> = new Set(['Flag', 'Task']);

/** Who answers courts and authorities: what they ask, and what is held for them; of the patients no more than who they are. */
export const legal: ActorPolicy = {
  actor: 'legal',
  purposes: ['HLEGAL', 'HCOMPL'],
  implicit: 'permit',
  restricted: 0,
  never: allBut(kept, known),
  consents: 'none',
  about: 'rules',
  rules(type) {
    if (directoryTypes.has(type)) return null;
    return known.has(type) ? [inPart(knownBy)] : [everyRow(keeping)];
  },
};
