import { Hono } from 'hono';

import type { Database } from '../db/database.ts';

/** What of a database answers: its connections come back one kind after the other. */
type Answering = Pick<Database, 'query' | 'byKey' | 'planned'>;

/** Whether every kind of connection to the database answers. */
export const isReady = (database: Answering): Promise<boolean> =>
  Promise.all([database, database.byKey, database.planned].map((one) => one.query('select 1'))).then(
    () => true,
    () => false,
  );

/** /livez: the process runs. /readyz: it can answer requests, which needs every kind of connection to its database. */
export function health(database: Answering): Hono {
  return new Hono()
    .get('/livez', (c) => c.text('live\n'))
    .get('/readyz', async (c) =>
      (await isReady(database))
        ? c.text('ready\n')
        : c.text('the database cannot be reached\n', 503, { 'Retry-After': '2' }),
    );
}
