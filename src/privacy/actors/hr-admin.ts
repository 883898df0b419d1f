import { resourceTypes } from '../../fhir/resources.ts';
import { restrictedLabels } from '../gate/restricted.ts';
import { neverEmployer } from '../labels/workplace.ts';
import type { ActorPolicy } from './actor.ts';
import { ofIds, reading } from './rows.ts';

/**
 * What people answered is never an employer's to see, whatever they sign; nor what it could be wrapped in, or what tells of
 * who has seen them.
 */
const answers: ReadonlySet<string> = new Set([
  ...['QuestionnaireResponse', 'Questionnaire', 'Bundle', 'Binary', 'Composition', 'DocumentReference', 'Media'],
  ...['Communication', 'AuditEvent', 'Consent', 'Provenance', 'List', 'Basic', 'Parameters', 'Linkage'],
]);

/** Who works in the personnel department of an employer: no one's record, but what a person consents to themself. */
export const hrAdmin: ActorPolicy = {
  actor: 'hr-admin',
  purposes: ['HOPERAT'],
  implicit: 'permit',
  restricted: restrictedLabels,
  forbidden: neverEmployer,
  never: new Set(resourceTypes.filter((type) => answers.has(type))),
  about: 'rules',
  rules: (type, { organization }) => (type === 'Organization' && organization ? [ofIds([organization], reading)] : []),
};
