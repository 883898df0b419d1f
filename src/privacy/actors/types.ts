import { resourceTypes } from '../../fhir/resources.ts';
import { directoryTypes } from '../gate/directory.ts';

/** Types that tell how somebody is looked after and insured, and not how they are. */
export const administrativeTypes: ReadonlySet<string> = new Set([
  'Account',
  'Appointment',
  'AppointmentResponse',
  'Communication',
  'CommunicationRequest',
  'Coverage',
  'CoverageEligibilityRequest',
  'CoverageEligibilityResponse',
  'EnrollmentRequest',
  'EnrollmentResponse',
  'Patient',
  'RelatedPerson',
  'Task',
]);

/** Types by which the server tells who may see what, and who has. */
export const accountabilityTypes: ReadonlySet<string> = new Set([
  'AuditEvent',
  'Consent',
  'Flag',
  'Provenance',
  'Task',
]);

/** Every type but those named, and but the directory. */
export const allBut = (...kept: readonly ReadonlySet<string>[]): ReadonlySet<string> =>
  new Set(resourceTypes.filter((type) => !directoryTypes.has(type) && !kept.some((types) => types.has(type))));

export const everyType: ReadonlySet<string> = new Set(resourceTypes);
export const noTypes: ReadonlySet<string> = new Set();

/** What tells who has looked at a record: for whose record it is, and who answers for privacy. */
export const ledgerTypes: ReadonlySet<string> = new Set(['AuditEvent']);
