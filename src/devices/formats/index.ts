import { fhir } from './fhir.ts';
import type { Format } from './format.ts';
import { healthConnect } from './health-connect.ts';
import { ieee11073 } from './ieee-11073.ts';
import { withings } from './withings.ts';

/** LIST: the shapes that readings are sent in. */
export const formats: readonly Format[] = [fhir, healthConnect, ieee11073, withings];
