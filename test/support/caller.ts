import type { Caller } from '../../src/fhir/access.ts';

/** A system of the first tenant, or whoever is said. */
export const callerOf = (more: Partial<Caller> = {}): Caller => ({
  tenant: 1,
  actor: 'operator',
  purpose: 'HOPERAT',
  organization: null,
  subject: 'test',
  clientId: null,
  scopes: [],
  patient: null,
  fhirUser: null,
  identified: false,
  reach: 'all',
  grantId: null,
  operator: false,
  ...more,
});
