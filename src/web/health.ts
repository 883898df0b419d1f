import { Hono } from 'hono';

import type { Queryable } from '../db/database.ts';

/** /livez: the process runs. /readyz: it can answer requests, which needs its database. */
export function health(database: Queryable): Hono {
  return new Hono()
    .get('/livez', (c) => c.text('live\n'))
    .get('/readyz', async (c) => {
      try {
        await database.query('select 1');
        return c.text('ready\n');
      } catch {
        return c.text('the database cannot be reached\n', 503, { 'Retry-After': '2' });
      }
    });
}
