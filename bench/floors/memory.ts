/**
 * The floor under reads and searches: bare Hono with the very bytes the server answered with, in memory.
 * Argument: a file of lines, each the JSON of a path and the body to answer with. Prints its port when it is ready.
 */
import { readFileSync } from 'node:fs';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';

const bodies = new Map<string, string>();
for (const line of readFileSync(process.argv[2] ?? '', 'utf8').split('\n')) {
  if (line === '') continue;
  const [path, body] = JSON.parse(line) as [string, string];
  bodies.set(path, body);
}

const lastModified = new Date().toUTCString();
const headers = {
  'content-type': 'application/fhir+json; charset=utf-8',
  etag: 'W/"1"',
  'last-modified': lastModified,
};
const app = new Hono();

app.get('/fhir/R4/*', (c) => {
  const { url } = c.req;
  const body = bodies.get(url.slice(url.indexOf('/', 8)));
  return body === undefined ? c.notFound() : c.body(body, 200, headers);
});

serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => process.stdout.write(`${port}\n`));
