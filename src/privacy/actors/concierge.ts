import { directoryTypes } from '../gate/directory.ts';
import { restrictedLabels } from '../gate/restricted.ts';
import type { ActorPolicy } from './actor.ts';
import { keeping, ofIds, ofPatients, reading } from './rows.ts';

/** What is written by who looks after somebody's health without treating them. */
const written: ReadonlySet<string> = new Set([
  'Communication',
  'CommunicationRequest',
  'CarePlan',
  'Goal',
  'Appointment',
]);

/** A Health Concierge: the record of who has turned to them, while they do; what is sensitive where the patient agrees. */
export const concierge: ActorPolicy = {
  actor: 'concierge',
  purposes: ['CAREMGT', 'HOPERAT'],
  implicit: 'permit',
  restricted: restrictedLabels,
  never: new Set(['AuditEvent', 'Group', 'Subscription']),
  about: 'rules',
  rules(type, _, { duties }) {
    if (directoryTypes.has(type)) return null;
    if (type === 'Task') return [ofIds(duties.tasks ?? [], keeping)];
    return [ofPatients(duties.assigned, written.has(type) ? keeping : reading)];
  },
};
