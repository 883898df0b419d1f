import type { Seal } from './sealing.ts';

/** A value bound to a statement. Arrays are bound as one Postgres array; a Date as timestamptz. */
export type Param = string | number | boolean | null | Date | readonly (string | number | boolean | null)[];

/** A row as an array, in the order of the select list. bigint comes as text, timestamptz as Date, float8 and int as number. */
export type Row = unknown[];

/**
 * Statements on one Postgres. Each has a deadline; what fails is thrown as a DatabaseError and nothing else.
 * A statement text is prepared once per connection, so texts are few and values are always bound.
 */
export type Queryable = {
  query(text: string, params?: readonly Param[]): Promise<Row[]>;
  /** Present where texts of resources are kept sealed: what writes them asks it, and SQL cannot read them. See sealing.ts. */
  seal?: Seal;
};

export type Database = Queryable & {
  /**
   * For statements that find every row by its whole key: planned once per connection, and through indexes whatever the
   * statistics say. To plan them each time takes longer than to run them, and for tables without statistics goes wrong.
   */
  byKey: Queryable;
  /**
   * For reads whose text is made so that one plan is good for any value: planned once per connection. To plan a search each
   * time takes as long as to run it.
   */
  planned: Queryable;
  /**
   * Runs `work` in one transaction. Serialization failures and deadlocks are retried, at most 5 times, so `work` may run
   * more than once and must have no effect outside the transaction.
   */
  transaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T>;
  close(): Promise<void>;
};

/**
 * `unavailable`: no connection, or it was lost before anything could have been committed; `unknown`: it was lost while a
 * commit may have been under way; `timeout`: the deadline passed; `conflict`: serialization failure or deadlock after
 * every retry; `full`: no disk space; `fault`: anything else, ours.
 */
export type DatabaseFault = 'unavailable' | 'unknown' | 'timeout' | 'conflict' | 'full' | 'fault';

export class DatabaseError extends Error {
  readonly fault: DatabaseFault;
  /** SQLSTATE where Postgres gave one. */
  readonly sqlstate: string | null;
  constructor(fault: DatabaseFault, message: string, sqlstate: string | null = null, cause?: unknown) {
    super(message, { cause });
    this.fault = fault;
    this.sqlstate = sqlstate;
  }
}
