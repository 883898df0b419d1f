import type { Organization } from '@medplum/fhirtypes';

import type { Caller } from '../../fhir/access.ts';
import type { Scope } from './orders.ts';

/** One name for one person, whichever of their accounts they use. */
export const personOf = ({ fhirUser, subject }: Caller): string => fhirUser ?? `user ${subject}`;

/** The authority, as it is contained in what names it: it has no account and no entry in the directory. */
export const agencyOf = ({ agency, address }: Pick<Scope, 'agency' | 'address'>): Organization => ({
  resourceType: 'Organization',
  id: 'agency',
  name: agency,
  ...(address === '' ? {} : { address: [{ text: address }] }),
});
