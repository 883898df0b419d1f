import type { Blobs } from '../db/blobs.ts';
import type { Database } from '../db/database.ts';
import type { ErasureLog } from '../db/erasure-log.ts';
import type { PatientKeys } from '../db/patient-keys.ts';
import type { Caller, Grant, Seen } from './access.ts';
import type { Definitions } from './definitions/definitions.ts';
import type { FhirPath } from './fhirpath.ts';
import type { Parsed } from './json.ts';
import type { Issue, Refusal, Result } from './outcome.ts';
import type { FhirRequest, FhirResponse } from './request.ts';
import type { ResourceRow } from './search/row.ts';
import type { Stored } from './store/release.ts';
import type { Store } from './store/store.ts';

/** A resource as parsed JSON; its shape is known once it has been checked. */
export type Json = { [key: string]: unknown };
export type Resource = Json & { resourceType: string; id?: string };

/** Checks a resource against R4 and the profiles it claims; an empty list, or only warnings, means it may be stored. */
export type Validate = (resource: unknown, options?: { profiles?: readonly string[] }) => Issue[];

/** What a resource becomes in the database. References must have been rewritten before. */
export type Index = (tenant: number, resource: Resource) => ResourceRow;

/**
 * Told of each request and of what it let go, before its answer leaves; who rejects keeps the answer back. Never told of what
 * the server does on its own account.
 */
export type Record = (request: FhirRequest, answer: Result<FhirResponse>, seen: readonly Seen[]) => Promise<void>;

/** A resource that has been checked and is about to be written. */
export type Write = {
  parsed: Parsed;
  /** The version that it takes the place of, as it is stored, whether or not the caller may see it; null: there is none. */
  stored: Stored | null;
  /** Why something is taken off that protects it, in the caller's words; null: nothing is meant to be. */
  reason: string | null;
};

/** The resource as it will be stored, or why it must not be. `context` is that of the transaction it is written in. */
export type PrepareWrite = (context: FhirContext, grant: Grant, write: Write) => Promise<Result<Parsed>>;

/** Whether somebody may ask anything at all: null, or why not. */
export type Admit = (context: FhirContext, request: FhirRequest) => Refusal | null | Promise<Refusal | null>;

/** Whether a resource may be deleted by who may delete what they can see of it. `context` likewise. */
export type PrepareRemoval = (context: FhirContext, grant: Grant, type: string, id: string) => Promise<Result<null>>;

/** What the FHIR core is built on; made once in main.ts and handed down. */
export type FhirContext = {
  database: Database;
  store: Store;
  blobs: Blobs;
  definitions: Definitions;
  validate: Validate;
  index: Index;
  /**
   * Answers one request by the table of routes; an entry of a Bundle is one too. `within` is this context with the database
   * of a transaction in the place of its own.
   */
  dispatch: (request: FhirRequest, within?: FhirContext) => Promise<Result<FhirResponse>>;
  /** Asked before each write by a caller; absent where what comes is stored as it is. */
  prepareWrite?: PrepareWrite;
  /** Asked before each request by a caller. */
  admit?: Admit;
  /** Asked before each delete by a caller. */
  prepareRemoval?: PrepareRemoval;
  /** What somebody may do and see at this moment, for work that outlives the request it came of; absent where `record` is. */
  decide?: (caller: Caller) => Promise<Grant>;
  /** The ledger; absent where nothing is recorded, as in a test of the core alone. */
  record?: Record;
  /** What was erased, kept outside of the database; absent where no backup is ever restored, as in a test of the core alone. */
  erasureLog?: ErasureLog;
  /** The keys that records are sealed with; absent where none are. */
  patientKeys?: PatientKeys;
  /** Evaluates FHIRPath that clients send, with a deadline. */
  fhirPath: FhirPath;
  /** Told of a fault of ours that only one entry of a batch is answered with, for the log. */
  onFault?: (error: unknown) => void;
  settings: FhirSettings;
  /** The clock: ms since 1970. */
  now: () => number;
};

export type FhirSettings = {
  /** Whether a reference must exist when it is written. */
  references: 'allow' | 'enforce';
  /** Signs cursors; 32 bytes. */
  cursorKey: Uint8Array;
  /** A key of 32 bytes for one use, which its name tells; the same at every start. */
  keyOf: (use: string) => Uint8Array;
  /** A tenant's FHIR base: `http://host:port/fhir/R4`. */
  baseOf: (tenant: number) => string;
  /** Bundle entries in one batch or transaction. */
  maxEntries: number;
};
