import type { Caller } from '../fhir/access.ts';
import type { FhirContext } from '../fhir/context.ts';
import type { Result } from '../fhir/outcome.ts';
import type { GuardedFetch } from '../net/guarded-fetch.ts';
import type { Decide } from '../privacy/gate/decide.ts';
import type { SignIn } from '../privacy/pages/visit.ts';
import { createLimits, type Limits } from './limits.ts';

/** Who we are to a vendor, and where it is. */
export type VendorSettings = {
  clientId: string;
  clientSecret: string;
  /**
   * What its notifications are known by, where that is not the client secret: the code or token that it verifies our address
   * with, the Authorization that it sends, or the end of the path of our address.
   */
  webhookSecret?: string;
  /** Addresses that stand in the place of the vendor's own, by their name in its file: `token`, `api`. */
  endpoints?: Readonly<Record<string, string>>;
  /** A keyset of Tink, as JSON, that its notifications are signed with; absent: a signature is not looked at. */
  keyset?: string;
  /** Addresses and networks (`204.77.162.0/23`) that its notifications come from; absent: any. */
  addresses?: readonly string[];
};

/** By the vendor's id; a vendor that is absent is not set up here. */
export type VendorConfig = ReadonlyMap<string, VendorSettings>;

/** What operations and jobs of devices are made of, beside the context that each is run with. */
export type DeviceParts = {
  vendors: VendorConfig;
  fetch: GuardedFetch;
  limits: Limits;
};

/** What a request says of who sends it. */
export type Credentials = {
  authorization: string | undefined;
  dpop?: string | undefined;
  method: string;
  /** Without query and fragment. */
  url: string;
};

/** What the addresses below /devices stand on. */
export type DeviceDeps = DeviceParts & {
  fhir: FhirContext;
  authenticate: (credentials: Credentials, tenant: number) => Promise<Result<Caller>>;
  decide: Decide;
  /** The ids of the Patients whose records somebody may see. */
  reach: (tenant: number, fhirUser: string | null) => Promise<readonly string[]>;
  signIn: SignIn;
  /** Whether the last address of X-Forwarded-For is who connected. */
  behindProxy: boolean;
  /** What stands before the paths of the first tenant: `http://host:port`. */
  origin: string;
  /** Headers that let pages of other origins send readings: of an answer, and of that to whether they may. */
  origins: { answer: Readonly<Record<string, string>>; preflight: Readonly<Record<string, string>> };
  /** A fault of ours, which the sender is told of without a word of what it was. */
  onFault: (error: unknown) => void;
};

/** No vendor is set up and nothing is fetched: which operations there are does not depend on it. */
export const noDevices: DeviceParts = {
  vendors: new Map(),
  fetch: async () => ({ ok: false, reason: 'nothing is fetched here' }),
  limits: createLimits(),
};
