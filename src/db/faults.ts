import postgres from 'postgres';

import { DatabaseError, type DatabaseFault } from './database.ts';
import { LineLost } from './line.ts';

/** SQLSTATE, or its class of two characters → what it means to a caller. https://www.postgresql.org/docs/18/errcodes-appendix.html */
const faults: Record<string, DatabaseFault> = {
  '40001': 'conflict',
  '40P01': 'conflict',
  '55P03': 'conflict',
  '57014': 'timeout',
  '53100': 'full',
  '53': 'unavailable',
  '57': 'unavailable',
  '08': 'unavailable',
  // A standby, before or after a failover.
  '25006': 'unavailable',
};

/**
 * What a failed statement means.
 *
 * @param harmless the statement cannot have changed anything that outlives its connection
 */
export function databaseError(error: unknown, harmless: boolean): DatabaseError {
  if (error instanceof DatabaseError) return error;
  if (error instanceof LineLost) {
    if (error.deadline) return new DatabaseError(harmless ? 'timeout' : 'unknown', error.message, null, error);
    return new DatabaseError(harmless ? 'unavailable' : 'unknown', error.message, null, error);
  }
  if (error instanceof postgres.PostgresError) {
    const fault = faults[error.code] ?? faults[error.code.slice(0, 2)] ?? 'fault';
    return new DatabaseError(fault, error.message, error.code, error);
  }
  return new DatabaseError('fault', error instanceof Error ? error.message : String(error), null, error);
}

const changes =
  /\b(insert|update|delete|merge|truncate|create|alter|drop|grant|revoke|copy|call|do|lock|nextval|setval|notify|pg_notify|pg_advisory\w*|vacuum|analyze|set|begin|commit)\b/i;
const known = new Map<string, boolean>();

/** Whether a statement only reads, so that it may be sent again. Where in doubt it does not. */
export function reads(text: string): boolean {
  let only = known.get(text);
  if (only === undefined) {
    only = /^\s*(select|with|values|table)\b/i.test(text) && !changes.test(text);
    // Texts are few; should they ever not be, this must not grow.
    if (known.size > 5000) known.clear();
    known.set(text, only);
  }
  return only;
}
