import { fhir } from './fhir.ts';
import type { Format } from './format.ts';

/**
 * Personal health devices. What a device's clock has to do with its readings needs the whole Bundle, so that it is read whole.
 *
 * @see https://hl7.org/fhir/uv/phd/
 */
export const ieee11073: Format = {
  name: 'ieee-11073',
  description:
    'Observations of IEEE 11073 personal health devices, alone or in a Bundle, as the HL7 Personal Health Device guide 1.1 writes them',
  read: fhir.read,
};
