import { directoryTypes } from '../gate/directory.ts';
import { restrictedLabels } from '../gate/restricted.ts';
import type { ActorPolicy } from './actor.ts';
import { keeping, ofIds, ofPatients, reading } from './rows.ts';
import { administrativeTypes, allBut } from './types.ts';

const written: ReadonlySet<string> = new Set(['Communication', 'CommunicationRequest', 'Appointment']);

/** Customer Care: what is administrative, of who waits for an answer of theirs. */
export const careAgent: ActorPolicy = {
  actor: 'care-agent',
  purposes: ['HOPERAT', 'COVERAGE'],
  implicit: 'permit',
  restricted: restrictedLabels,
  never: allBut(administrativeTypes),
  consents: 'within',
  about: 'rules',
  rules(type, _, { duties }) {
    if (directoryTypes.has(type)) return null;
    if (type === 'Task') return [ofIds(duties.tasks ?? [], keeping)];
    return [ofPatients(duties.assigned, written.has(type) ? keeping : reading)];
  },
};
