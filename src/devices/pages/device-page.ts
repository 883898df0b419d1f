import type { Grant } from '../../fhir/access.ts';
import type { Result } from '../../fhir/outcome.ts';
import type { PrivacyPagesDeps, RecordVisit, Reply, Visit, Visitor } from '../../privacy/pages/visit.ts';

/** What a browser brings that comes back from a vendor. */
export type CameBack = {
  tenant: number;
  /** `withings` */
  vendor: string;
  /** The parameters that the vendor added: `code`, `state`, `iss`, `error`. */
  query: URLSearchParams;
  /** Of who is signed in. */
  grant: Grant;
};

/** What the pages of devices stand on. */
export type DevicePagesDeps = PrivacyPagesDeps & {
  /** Vendors that can be connected here, with the ids of the measures that each can bring. */
  vendors: readonly { id: string; name: string; measures: readonly string[] }[];
  /** Ends what was begun with `$device-connect`: the id of the connection that is active now. */
  finishConnect: (came: CameBack) => Promise<Result<{ connection: string }>>;
};

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
  run(visit: V, deps: DevicePagesDeps): Promise<Reply>;
};

/** One address; its definition mounts and guards it. `record`: who has a record, or helps with one; `care`: who treats. */
export type DevicePage = Of<'record', RecordVisit> | Of<'care', CareVisit>;
