import type { Rule } from '../../fhir/access.ts';
import { restrictedLabels } from '../gate/restricted.ts';
import { elementsOnly } from '../gate/shown-elements.ts';
import type { ActorPolicy } from './actor.ts';
import { inPart } from './rows.ts';
import { noTypes } from './types.ts';

/** Another company that works for us: the elements of the types that it was registered for, and nothing before it was. */
export const contractor: ActorPolicy = {
  actor: 'contractor',
  purposes: ['HPAYMT', 'HOPERAT', 'CLMATTCH', 'FRAUD'],
  implicit: 'permit',
  restricted: restrictedLabels,
  never: noTypes,
  consents: 'bound',
  about: 'rules',
  rules(type, _, { registration }): readonly Rule[] {
    if (!registration?.types.has(type)) return [];
    const own = registration.elements.filter((path) => path.startsWith(`${type}.`));
    if (own.length === 0) return [];
    const elements = own.map((path) => path.slice(type.length + 1)).sort();
    return [inPart(elementsOnly(`registered ${elements.join()}`, elements))];
  },
};
