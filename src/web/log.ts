import { type DestinationStream, type Logger, pino } from 'pino';

export type LogLevel = 'silent' | 'error' | 'warn' | 'info' | 'debug';

/** Lines of JSON on the standard error, so that the standard output is for people. */
export const createLog = (level: LogLevel, to: DestinationStream = pino.destination(2)): Logger =>
  pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, to);

/**
 * One line a request, at debug. It has the type and the kind of path, never an id, a query or a body: those tell of people.
 *
 * @param path the segments behind the FHIR base
 * @param started performance.now() at its beginning
 */
export function logRequest(
  log: Logger,
  requestId: string,
  method: string,
  path: readonly string[],
  status: number,
  started: number,
): void {
  if (!log.isLevelEnabled('debug')) return;
  const kind = path.map((segment, index) => (index === 1 && /^[^_$]/.test(segment) ? '[id]' : segment)).join('/');
  log.debug(
    { requestId, method, path: kind, status, ms: Math.round((performance.now() - started) * 10) / 10 },
    'request',
  );
}
