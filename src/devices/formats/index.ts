import { fhir } from './fhir.ts';
import { fitbit } from './fitbit.ts';
import type { Format } from './format.ts';
import { garmin } from './garmin.ts';
import { googleFit } from './google-fit.ts';
import { googleHealth } from './google-health.ts';
import { healthConnect } from './health-connect.ts';
import { healthKit } from './healthkit.ts';
import { ieee11073 } from './ieee-11073.ts';
import { ihealth } from './ihealth.ts';
import { openMhealth } from './open-mhealth.ts';
import { oura } from './oura.ts';
import { withings } from './withings.ts';

/** LIST: the shapes that readings are sent in. */
export const formats: readonly Format[] = [
  fhir,
  healthConnect,
  healthKit,
  ieee11073,
  fitbit,
  garmin,
  googleFit,
  googleHealth,
  ihealth,
  openMhealth,
  oura,
  withings,
];
