import { DatabaseError } from '../../db/database.ts';

/** The ledger could not be written: what it would have told of does not leave. Answered with 503. */
export class NotRecorded extends DatabaseError {
  constructor(cause: unknown) {
    super(
      'unavailable',
      'the ledger could not be written',
      cause instanceof DatabaseError ? cause.sqlstate : null,
      cause,
    );
  }
}

export const notRecordedText =
  'This access could not be recorded, so nothing of it is shown; what it was to write may have been written. Try again shortly';
