/**
 * The floor under writes: bare Hono that parses, indexes and runs one statement a request on a pool of four connections,
 * with no validation, no gate and no batching. What it wrote it serves from memory, which is the floor under reads.
 * Arguments: the Target of its Postgres as JSON; `keep` when texts are read again. Prints its port when it is ready.
 */
import { serve } from '@hono/node-server';
import { type Context, Hono } from 'hono';

import type { Target } from '../../src/db/target.ts';
import type { Resource } from '../../src/fhir/context.ts';
import { uuid7 } from '../../src/fhir/store/uuid.ts';
import { connect } from '../run/postgres.ts';
import { compiled } from './parts.ts';
import { deleteOf, insertOf, type Statement, updateOf, type Written } from './statements.ts';

// Prepared while the tables are empty, a plan with a sequential scan would stay for good.
const sql = connect(JSON.parse(process.argv[2] ?? '') as Target, 4, {
  enable_seqscan: 'off',
  plan_cache_mode: 'force_generic_plan',
});
const keeps = process.argv[3] === 'keep';
const { index } = await compiled();
const texts = new Map<string, { version: number; text: string }>();

const execute = ({ text, params }: Statement) => sql.unsafe(text, params, { prepare: true });

function written(resource: Resource, id: string, version: number): Written {
  const lastUpdated = new Date().toISOString();
  const meta = { ...(resource.meta as object | undefined), versionId: String(version), lastUpdated };
  const stored = { ...resource, id, meta };
  const text = JSON.stringify(stored);
  if (keeps) texts.set(`${resource.resourceType}/${id}`, { version, text });
  return { type: resource.resourceType, id, version, lastUpdated, row: index(1, stored), text };
}

const contentType = 'application/fhir+json; charset=utf-8';

const answer = (c: Context, status: 200 | 201, { type, id, version, lastUpdated, text }: Written) =>
  c.body(text, status, {
    'content-type': contentType,
    etag: `W/"${version}"`,
    'last-modified': new Date(lastUpdated).toUTCString(),
    location: `/fhir/R4/${type}/${id}/_history/${version}`,
  });

const app = new Hono();

app.post('/fhir/R4', async (c) => {
  const bundle = (await c.req.json()) as { entry: { fullUrl?: string; resource: Resource }[] };
  const ids = bundle.entry.map(() => uuid7(Date.now()));
  const urls = bundle.entry.map(
    ({ fullUrl, resource }, at) => [fullUrl, `${resource.resourceType}/${ids[at]}`] as const,
  );
  const all = bundle.entry.map(({ resource }, at) => {
    const reference = (resource.subject as { reference?: string } | undefined)?.reference;
    const target = urls.find(([url]) => url !== undefined && url === reference)?.[1];
    const linked = target ? { ...resource, subject: { reference: target } } : resource;
    return written(linked, ids[at] ?? '', 1);
  });
  await execute(insertOf(all));
  const entry = all.map(({ type, id, lastUpdated }) => ({
    response: { status: '201', location: `${type}/${id}/_history/1`, etag: 'W/"1"', lastModified: lastUpdated },
  }));
  return c.body(JSON.stringify({ resourceType: 'Bundle', type: 'transaction-response', entry }), 200, {
    'content-type': contentType,
  });
});

app.post('/fhir/R4/:type', async (c) => {
  const one = written(JSON.parse(await c.req.text()) as Resource, uuid7(Date.now()), 1);
  await execute(insertOf([one]));
  return answer(c, 201, one);
});

app.get('/fhir/R4/:type/:id', (c) => {
  const kept = texts.get(`${c.req.param('type')}/${c.req.param('id')}`);
  return kept ? c.body(kept.text, 200, { 'content-type': contentType, etag: `W/"${kept.version}"` }) : c.notFound();
});

app.put('/fhir/R4/:type/:id', async (c) => {
  const { type, id } = c.req.param();
  const version = (texts.get(`${type}/${id}`)?.version ?? 0) + 1;
  const one = written(JSON.parse(await c.req.text()) as Resource, id, version);
  await execute(updateOf(one));
  return answer(c, 200, one);
});

app.delete('/fhir/R4/:type/:id', async (c) => {
  const { type, id } = c.req.param();
  const version = (texts.get(`${type}/${id}`)?.version ?? 0) + 1;
  texts.delete(`${type}/${id}`);
  await execute(deleteOf(type, id, version, new Date().toISOString()));
  return c.body(null, 204, { etag: `W/"${version}"` });
});

serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => process.stdout.write(`${port}\n`));
