import { everyRow } from '../../fhir/access.ts';
import { directoryTypes } from '../gate/directory.ts';
import type { ActorPolicy } from './actor.ts';
import { inPart, keeping, reading } from './rows.ts';
import { knownBy } from './shown.ts';
import { accountabilityTypes, allBut } from './types.ts';

const known: ReadonlySet<string> = new Set(['Patient']);
const kept: ReadonlySet<string> = new Set(['Consent', 'Flag', 'Task']);

/** Who answers for privacy: who may see what, who has, what was asked; of the patients no more than who they are. */
export const privacyOfficer: ActorPolicy = {
  actor: 'privacy-officer',
  purposes: ['HCOMPL', 'RECORDMGT', 'HOPERAT'],
  implicit: 'permit',
  restricted: 0,
  never: allBut(accountabilityTypes, known),
  consents: 'none',
  about: 'rules',
  rules(type) {
    if (directoryTypes.has(type)) return null;
    if (known.has(type)) return [inPart(knownBy)];
    return [everyRow(kept.has(type) ? keeping : reading)];
  },
};
