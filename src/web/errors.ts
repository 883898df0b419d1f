import type { Logger } from 'pino';

import { DatabaseError } from '../db/database.ts';
import { NotRecorded, notRecordedText } from '../fhir/audit/not-recorded.ts';
import { conflict, type Refusal, tooCostly, unavailable } from '../fhir/outcome.ts';

const outcomeUnknown =
  'The connection to the database was lost while this was being stored: it may or may not have happened. Look before you send it again';

/**
 * What a thrown error is answered with. Only a fault of ours is a 500: it is logged whole under an id, and the caller is
 * told the id and nothing else.
 */
export function refusalOf(error: unknown, requestId: string, log: Logger): Refusal {
  if (error instanceof DatabaseError) {
    if (error.fault !== 'conflict')
      // What Postgres says may quote what it was given; its code says as much.
      log.warn({ requestId, err: error }, 'the database did not do what it was asked');
    if (error instanceof NotRecorded) return unavailable(notRecordedText);
    if (error.fault === 'unavailable')
      return unavailable('The database cannot be reached at the moment; try again shortly');
    if (error.fault === 'unknown') return unavailable(outcomeUnknown);
    if (error.fault === 'full') return { ...unavailable('There is no space left to store anything'), status: 507 };
    if (error.fault === 'conflict') return conflict('Others are writing the same resources; try again');
    if (error.fault === 'timeout') {
      return { ...tooCostly('This took longer than is allowed; narrow it, or ask for fewer at a time'), status: 503 };
    }
  }
  log.error({ requestId, err: error }, 'a request failed by a fault of ours');
  return {
    ok: false,
    status: 500,
    issues: [
      { severity: 'fatal', code: 'exception', diagnostics: `Something is wrong on our side; its id is ${requestId}` },
    ],
  };
}
