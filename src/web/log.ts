import { type DestinationStream, type Logger, pino } from 'pino';

import { resourceTypes } from '../fhir/resources.ts';
import { operationsOf } from './features.ts';

export type LogLevel = 'silent' | 'error' | 'warn' | 'info' | 'debug';

/** Whether one of our own functions has thrown it. */
const isOurs = ({ stack = '' }: Error): boolean => {
  const first = stack.split('\n').find((line) => /^\s+at /.test(line)) ?? '';
  return /[\\/]src[\\/]/.test(first) && !first.includes('node_modules');
};

/**
 * What is logged of an error: what kind it is and where it was thrown. Its message only where it is a sentence of ours, without
 * what is quoted in it: others quote what they were given, and so do their further members.
 */
export function errorShown(error: unknown): object {
  if (!(error instanceof Error)) return { type: typeof error };
  const { code, sqlstate, fault } = error as { code?: unknown; sqlstate?: unknown; fault?: unknown }; // looked at as unknown
  const isSentence =
    isOurs(error) && !/^(?:Syntax|Type|Range|URI|Reference)Error$/.test(error.name) && sqlstate == null;
  return {
    type: error.constructor.name,
    ...(isSentence ? { message: error.message.replaceAll(/"[^"]*"|'[^']*'|`[^`]*`/g, '…') } : {}),
    ...(typeof code === 'string' && /^[A-Z0-9_]{1,40}$/.test(code) ? { code } : {}),
    ...(typeof sqlstate === 'string' ? { sqlstate } : {}),
    ...(typeof fault === 'string' ? { fault } : {}),
    stack: (error.stack ?? '')
      .split('\n')
      .filter((line) => /^\s+at /.test(line))
      .map((line) => line.trim()),
    ...(error.cause instanceof Error ? { cause: errorShown(error.cause) } : {}),
  };
}

/** Lines of JSON on the standard error, so that the standard output is for people. */
export const createLog = (level: LogLevel, to: DestinationStream = pino.destination(2)): Logger =>
  pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime, serializers: { err: errorShown } }, to);

/** Segments that are words of the specification or of ours; any other may be an id or a name. */
const words: ReadonlySet<string> = new Set([
  '_history',
  '_search',
  'metadata',
  '*',
  ...resourceTypes,
  ...operationsOf(new Map()).map(({ code }) => `$${code}`),
]);

/** One line a request, at debug: `path` is of what kind it is, without ids. @param started performance.now() at its beginning */
export function logServed(
  log: Logger,
  { started, ...shown }: { requestId: string; method: string; path: string; status: number; started: number },
): void {
  log.debug({ ...shown, ms: Math.round((performance.now() - started) * 10) / 10 }, 'request');
}

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
  const kind = path.map((segment) => (words.has(segment) ? segment : '[id]')).join('/');
  logServed(log, { requestId, method, path: kind, status, started });
}
