import pino, { type Logger } from 'pino';

/** Goes to the error output, so that the output has nothing but what is meant for people. */
export const createLog = (level: string): Logger =>
  pino({ level, base: null }, pino.destination({ dest: 2, sync: true }));
