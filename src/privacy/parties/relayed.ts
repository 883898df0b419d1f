import type { Communication, Reference } from '@medplum/fhirtypes';

import type { Projection } from '../../fhir/access.ts';
import { patientOf } from './coverage.ts';
import type { PersonName } from './facts.ts';

const mail = /[^\s@<>()",;:]+@[^\s@<>()",;:]+\.[^\s@<>()",;:.]+/g;
/** Seven digits and more, however they are grouped. */
const phone = /\+?\(?\d(?:[\s()./-]{0,3}\d){6,}/g;

/** A text without what one could be reached by. */
export const withoutAddresses = (text: string): string => text.replace(mail, '[…]').replace(phone, '[…]');

/**
 * A message between somebody and whom they have booked, relayed: who they are by name, and no e-mail or telephone number,
 * even where one wrote it into the text.
 */
export function relayed(names: ReadonlyMap<string, PersonName>): Projection {
  const shown = (one: Reference): Reference => {
    const patient = patientOf(one);
    if (patient === null) return one.reference?.startsWith('#') ? {} : { reference: one.reference };
    const { given = null, family = null } = names.get(patient) ?? {};
    const display = [given, family].filter((part) => part !== null).join(' ');
    return { display: display === '' ? 'Guest' : display };
  };
  return {
    name: 'relayed message',
    parameters: new Set(['_id', '_lastUpdated', 'sent', 'received', 'status']),
    of(content) {
      // What is stored has been checked to be of its type.
      const { id, status, sent, received, sender, recipient, payload } = JSON.parse(content) as Communication;
      const texts = (payload ?? []).flatMap(({ contentString }) =>
        contentString === undefined ? [] : [{ contentString: withoutAddresses(contentString) }],
      );
      return JSON.stringify({
        resourceType: 'Communication',
        id,
        status,
        ...(recipient ? { recipient: recipient.map(shown) } : {}),
        ...(sent === undefined ? {} : { sent }),
        ...(received === undefined ? {} : { received }),
        ...(sender ? { sender: shown(sender) } : {}),
        ...(texts.length > 0 ? { payload: texts } : {}),
      });
    },
  };
}
