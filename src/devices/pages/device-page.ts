import type { Grant } from '../../fhir/access.ts';
import type { RecordVisit, Reply, Visit, Visitor } from '../../privacy/pages/visit.ts';
import type { DeviceDeps } from '../deps.ts';

/** Somebody who treats, at a page about the readings of a patient. */
export type CareVisit = Visit & {
  visitor: Visitor & { fhirUser: string };
  /** What they may see, as they themselves. */
  grant: Grant;
};

type Of<Whom extends string, V> = {
  method: 'GET' | 'POST';
  /** `/devices/readings/:measure` */
  path: string;
  whom: Whom;
  run(visit: V, deps: DeviceDeps): Promise<Reply>;
};

/** One address; its definition mounts and guards it. `record`: who has a record, or helps with one; `care`: who treats. */
export type DevicePage = Of<'record', RecordVisit> | Of<'care', CareVisit>;
