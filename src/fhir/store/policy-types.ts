/**
 * The types whose resources decide what somebody may see: who consents to what, who cares for whom, who works where and for
 * whom, and what they have to do. A write of one makes every process ask again, from its next request on.
 */
const policyTypes: ReadonlySet<string> = new Set([
  'Appointment',
  'CareTeam',
  'Consent',
  'Coverage',
  'Flag',
  'Organization',
  'Practitioner',
  'PractitionerRole',
  'RelatedPerson',
  'Task',
]);

export const isPolicyType = (type: string): boolean => policyTypes.has(type);
