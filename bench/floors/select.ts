/**
 * The floor under `$everything`: bare Hono that runs one SELECT for all rows of a patient and joins their texts.
 * Argument: the Target of the server's own Postgres as JSON, so that the rows are the very same. Prints its port.
 */
import { serve } from '@hono/node-server';
import { Hono } from 'hono';

import type { Target } from '../../src/db/target.ts';
import { connect } from '../run/postgres.ts';

const sql = connect(JSON.parse(process.argv[2] ?? '') as Target, 4);
// The types are named so that every partition is answered from its index on (tenant, type, patient, …).
const types = await sql<{ type: number }[]>`select distinct type from resource where tenant = 1`;
const select = `select content from resource where tenant = 1 and type in (${types.map(({ type }) => type).join(', ')}) and patient = $1`;
const contentType = 'application/fhir+json; charset=utf-8';

const app = new Hono();

app.get('/fhir/R4/Patient/:id/:operation', async (c) => {
  const rows = await sql.unsafe(select, [c.req.param('id')], { prepare: true }).values();
  let text = '';
  for (const [content] of rows) text += `${text === '' ? '' : ','}{"resource":${content},"search":{"mode":"match"}}`;
  const head = `{"resourceType":"Bundle","type":"searchset","total":${rows.length},"entry":[`;
  return c.body(`${head}${text}]}`, 200, { 'content-type': contentType });
});

serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => process.stdout.write(`${port}\n`));
