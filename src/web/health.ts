import { Hono } from 'hono';

import type { Database } from '../db/database.ts';

/** What of a database answers: its connections come back one kind after the other. */
type Answering = Pick<Database, 'query' | 'byKey' | 'planned'>;

/** /livez: the process runs. /readyz: it can answer requests, which needs every kind of connection to its database. */
export function health(database: Answering): Hono {
  return new Hono()
    .get('/livez', (c) => c.text('live\n'))
    .get('/readyz', async (c) => {
      try {
        await Promise.all([database, database.byKey, database.planned].map((one) => one.query('select 1')));
        return c.text('ready\n');
      } catch {
        return c.text('the database cannot be reached\n', 503, { 'Retry-After': '2' });
      }
    });
}
