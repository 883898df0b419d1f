import { fhir } from './fhir.ts';
import type { Format } from './format.ts';

/** LIST: the shapes that readings are sent in. */
export const formats: readonly Format[] = [fhir];
