import type { Projection } from '../../fhir/access.ts';
import { elementsOnly } from '../gate/shown-elements.ts';

/** What a carrier needs of its members to insure them: who and where they are, what they have elected, whom with. */
export const carrierView: ReadonlyMap<string, Projection> = new Map([
  [
    'Patient',
    elementsOnly(
      'carrier Patient',
      ['active', 'name', 'telecom', 'gender', 'birthDate', 'deceasedBoolean', 'deceasedDateTime', 'address'],
      ['family', 'given', 'phonetic', 'email', 'phone'],
    ),
  ],
  [
    'Coverage',
    elementsOnly(
      'carrier Coverage',
      [
        ...['identifier', 'status', 'type', 'policyHolder', 'subscriber', 'subscriberId', 'beneficiary', 'dependent'],
        ...['relationship', 'period', 'payor', 'class', 'order', 'network', 'costToBeneficiary', 'subrogation'],
      ],
      ['patient', 'class-type', 'class-value'],
    ),
  ],
  [
    'RelatedPerson',
    elementsOnly('carrier RelatedPerson', [
      ...['active', 'patient', 'relationship', 'name', 'gender', 'birthDate', 'period'],
    ]),
  ],
]);
