import type { Reference } from '@medplum/fhirtypes';

import type { Actor } from '../../fhir/access.ts';
import type { FhirContext } from '../../fhir/context.ts';

/** Why somebody sees something: `Consent/1` and the like, or the name of a policy. */
export type Why = { reference: string } | { policy: string };

/** One who can see something of a record. */
export type Explained = {
  who: Reference;
  actor: Actor;
  /** Types of which all is seen, and of which some is; `*` is every type of a record. */
  types: readonly string[];
  someOf: readonly string[];
  /** What is said of what is seen, in other words: the scopes of an app. */
  scope?: string;
  /** Labels of what is held back else, and is not from them. */
  labels: readonly { system: string; code: string }[];
  why: readonly Why[];
  /** ms since 1970. */
  until: number | null;
  lastUse?: Date | null;
};

/** Whose record is explained, and where. */
export type Asked = { context: FhirContext; tenant: number; patient: string };

export const nothingMore = { someOf: [], labels: [], until: null } as const;
