import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';

import { createCore, openSpecification } from '../src/core.ts';
import { folderBlobs } from '../src/db/blobs.ts';
import { connect } from '../src/db/connect.ts';
import type { Database, Param, Queryable } from '../src/db/database.ts';
import type { FhirContext } from '../src/fhir/context.ts';
import { operationsOf } from '../src/web/features.ts';
import { createDatabase } from './support/postgres.ts';
import { grantOf } from './support/search-world.ts';

// The distributed Postgres that this grows onto shards by tenant: what does not carry it cannot be kept together.

let own: Awaited<ReturnType<typeof createDatabase>>;
let database: Database;
let context: FhirContext;
const statements: { text: string; params: readonly Param[] }[] = [];

beforeAll(async () => {
  own = await createDatabase(inject('postgres'));
  database = await connect(own.target);
  const noted = (on: Queryable): Queryable => ({
    query(text, params = []) {
      statements.push({ text, params });
      return on.query(text, params);
    },
  });
  const cache = join(import.meta.dirname, '../node_modules/.cache/portico');
  const specification = await openSpecification({ packages: null, mandatoryProfiles: [], cache }, () => 'http://x');
  const parts = {
    database: {
      ...noted(database),
      byKey: noted(database.byKey),
      planned: noted(database.planned),
      transaction: <T>(work: (tx: Queryable) => Promise<T>) => database.transaction((tx) => work(noted(tx))),
      close: () => database.close(),
    },
    blobs: folderBlobs(own.target.database),
    settings: {
      references: 'enforce' as const,
      cursorKey: new Uint8Array(32),
      keyOf: () => new Uint8Array(32),
      baseOf: () => 'http://fhir.test/fhir/R4',
      maxEntries: 100,
    },
    now: Date.now,
  };
  context = createCore(specification, parts, operationsOf(new Map()));
});

afterAll(async () => {
  await context.fhirPath.close();
  await database.close();
  await own.drop();
});

test('every table but the list of tenants has a tenant, and every unique key begins with it', async () => {
  const tables = await database.query(
    `select c.relname, exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant')
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'public' and c.relkind in ('r', 'p') order by 1`,
  );
  const without = tables.filter(([, has]) => has === false).map(([name]) => name);
  // The others are what the migrations keep of themselves.
  expect(without.filter((name) => !/migration|schema_checksum/.test(String(name)))).toEqual(['tenant']);
  const unique = await database.query(
    `select i.indexrelid::regclass::text, a.attname from pg_index i
     join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
     join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
     where n.nspname = 'public' and i.indisunique`,
  );
  const others = unique.filter(
    ([name, first]) => first !== 'tenant' && !/^(tenant_|.*migration|schema_checksum)/.test(String(name)),
  );
  expect(others).toEqual([]);
});

test('there is no sequence and no foreign key, which could not cross shards', async () => {
  const sequences = `select relname from pg_class where relkind = 'S' and relnamespace = 'public'::regnamespace`;
  expect(await database.query(sequences)).toEqual([]);
  expect(await database.query(`select conname from pg_constraint where contype = 'f'`)).toEqual([]);
});

test('every statement of a request that touches a table says whose rows it is about', async () => {
  const grant = grantOf({ tenant: 7 });
  const send = (method: string, url: string, body = '', headers: Record<string, string> = {}) => {
    const [path = '', query = ''] = url.split('?');
    return context.dispatch({
      method: method as 'GET',
      path: path === '' ? [] : path.split('/'),
      query,
      header: (name) => ({ 'content-type': 'application/fhir+json', ...headers })[name],
      body,
      grant,
      base: 'http://x',
    });
  };
  const patient = (id: string) => `{"resourceType":"Patient","id":"${id}","name":[{"family":"A"}]}`;
  const observation = `{"resourceType":"Observation","id":"o","status":"final","code":{"coding":[{"system":"s","code":"c"}]},"subject":{"reference":"Patient/p"},"effectiveDateTime":"2026-01-01","valueQuantity":{"value":1,"system":"http://unitsofmeasure.org","code":"kg"}}`;
  const requests: [string, string, string?, Record<string, string>?][] = [
    ['PUT', 'Patient/p', patient('p')],
    ['PUT', 'Patient/p', patient('p')],
    ['PUT', 'Observation/o', observation],
    ['POST', 'Observation', observation],
    ['POST', 'Patient', patient('x'), { 'if-none-exist': 'identifier=1' }],
    ['PUT', 'Patient?identifier=2', '{"resourceType":"Patient"}'],
    [
      'PATCH',
      'Patient/p',
      '[{"op":"add","path":"/active","value":true}]',
      { 'content-type': 'application/json-patch+json' },
    ],
    ['GET', 'Patient/p'],
    ['GET', 'Patient/p/_history'],
    ['GET', 'Patient/p/_history/1'],
    ['GET', 'Patient/_history?_at=2026'],
    ['GET', '_history'],
    ['GET', 'Patient?name=a&_sort=family&_total=accurate'],
    ['GET', 'Patient?name:contains=a&birthdate=ge2000&_has:Observation:patient:code=c'],
    ['GET', 'Observation?patient.name=a&code:text=x&_include=*&value-quantity=1||kg&date=2026'],
    ['GET', 'Observation?code:in=http://x&_filter=code eq c&_sort=-date,code'],
    ['GET', 'Patient?_revinclude=Observation:subject&_revinclude:iterate=*'],
    ['GET', 'Patient/p/Observation?_tag:missing=true&_content=kg&_text=a'],
    ['GET', '?_type=Patient,Observation&_lastUpdated=gt2000'],
    ['GET', 'Location?near=1|2|3|km'],
    ['GET', 'Patient?_list=l'],
    ['GET', 'Patient/p/$everything'],
    ['GET', 'Observation/$lastn?patient=p'],
    ['GET', '$meta'],
    ['GET', 'Patient/p/$meta'],
    [
      'POST',
      '',
      `{"resourceType":"Bundle","type":"transaction","entry":[
        {"fullUrl":"urn:uuid:6ff2e5b1-0000-4000-8000-000000000001","resource":{"resourceType":"Patient"},"request":{"method":"POST","url":"Patient"}},
        {"resource":${patient('p')},"request":{"method":"PUT","url":"Patient/p"}},
        {"request":{"method":"DELETE","url":"Observation/o"}},
        {"request":{"method":"GET","url":"Patient?name=a"}}]}`.replaceAll(/\n\s*/g, ''),
    ],
    ['DELETE', 'Patient?identifier=2'],
    ['DELETE', 'Patient/p'],
  ];
  for (const [method, url, body, headers] of requests) {
    const answer = await send(method, url, body, headers);
    const refused = answer.ok ? '' : JSON.stringify(answer.issues);
    expect(answer.ok || answer.status < 500, `${method} ${url} ${refused}`).toBe(true);
  }
  const tables = /\b(resource(_\w+)?|concept_text)\b/;
  const touching = statements.filter(({ text }) => tables.test(text));
  expect(touching.length).toBeGreaterThan(requests.length);
  for (const { text, params } of touching) {
    expect(text).toMatch(/\btenant\b/);
    // One tenant, or the tenants of the rows of a batch: here always the same.
    expect(
      ['7', '{7', 7].some((tenant) =>
        typeof tenant === 'number' ? params[0] === tenant : String(params[0]).startsWith(tenant),
      ),
      text,
    ).toBe(true);
  }
});
