import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { Json, Resource } from '../../src/fhir/context.ts';
import { parseLossless } from '../../src/fhir/lossless.ts';
import {
  usCorePackages,
  vagueConsents,
  writtenByServer,
  wrongExamples,
  wrongMustSupport,
} from '../support/r4-refusals.ts';
import { type Server, startServer } from '../support/server.ts';
import { shared, sharedMissing } from '../support/shared-data.ts';

const missing = shared === null;
const why = missing ? ` (skipped: ${sharedMissing})` : '';

const filesOf = (folder: string): { file: string; text: string }[] =>
  readdirSync(join(shared ?? '', 'data', folder))
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => ({ file, text: readFileSync(join(shared ?? '', 'data', folder, file), 'utf8') }));

/** A resource without what the server sets in it; numbers as they were written. */
function plain(text: string | unknown): Json {
  const resource = (typeof text === 'string' ? parseLossless(text) : text) as Json; // a resource
  const { versionId: _, lastUpdated: __, ...meta } = (resource.meta ?? {}) as Json;
  // The labels of the rules are the server's, too.
  const labels = Array.isArray(meta.security) ? meta.security.filter((one: Json) => one.userSelected !== false) : [];
  if (labels.length > 0) meta.security = labels;
  else delete meta.security;
  const { id: ___, meta: ____, ...rest } = resource;
  // Base64 may be broken into lines; what it stands for is the same.
  if (rest.resourceType === 'Binary' && rest.data)
    rest.data = Buffer.from(String(rest.data), 'base64').toString('base64');
  return Object.keys(meta).length > 0 ? { ...rest, meta } : rest;
}

type Outcome = { issue: { diagnostics: string; expression?: string[] }[] };
const issuesOf = (text: string): string[] =>
  (JSON.parse(text) as Outcome).issue.map(({ expression, diagnostics }) => `${expression?.[0]}: ${diagnostics}`);

/** Runs eight at a time, as users would. */
async function each<T>(list: readonly T[], run: (one: T) => Promise<void>): Promise<void> {
  const left = [...list].reverse();
  const worker = async (): Promise<void> => {
    for (let one = left.pop(); one !== undefined; one = left.pop()) await run(one);
  };
  await Promise.all(Array.from({ length: 8 }, worker));
}

describe.skipIf(missing)(`the official examples of R4${why}`, () => {
  let server: Server;
  /** What was sent last under each `Type/id`. */
  const stored = new Map<string, Json>();

  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server?.close());

  test('each is accepted, or refused for what R4 forbids in it, and comes back as it was sent', async () => {
    const refused = new Map<string, number>();
    const wrong: string[] = [];
    const groups = new Map<string, { file: string; text: string }[]>();
    for (const one of filesOf('r4-examples')) {
      const { resourceType, id } = JSON.parse(one.text) as Resource;
      // Those of one id are stored one after the other.
      const name = id === undefined ? one.file : `${resourceType}/${id}`;
      groups.set(name, [...(groups.get(name) ?? []), one]);
    }
    let accepted = 0;

    async function store(file: string, text: string): Promise<void> {
      const { resourceType, id } = JSON.parse(text) as Resource;
      const answer =
        id === undefined
          ? await server.fetch(resourceType, { method: 'POST', body: text })
          : await server.fetch(`${resourceType}/${id}`, { method: 'PUT', body: text });
      const written = await answer.text();
      if (answer.status === 422) {
        const issues = issuesOf(written);
        const known = [...wrongExamples, ...vagueConsents].find(
          ([name, rule]) => name.test(file) && issues.some((one) => rule.test(one)),
        );
        if (known) refused.set(known[2], (refused.get(known[2]) ?? 0) + 1);
        else wrong.push(`${file} is refused: ${issues[0]}`);
        return;
      }
      // What the server alone writes is refused whatever it says.
      if (answer.status === 405 && resourceType === 'AuditEvent') {
        refused.set(writtenByServer, (refused.get(writtenByServer) ?? 0) + 1);
        return;
      }
      if (answer.status !== 201 && answer.status !== 200) {
        wrong.push(`${file}: ${answer.status} ${written.slice(0, 200)}`);
        return;
      }
      accepted++;
      const sent = plain(text);
      const path = `${resourceType}/${(JSON.parse(written) as Resource).id}`;
      stored.set(path, sent);
      const version = answer.headers.get('etag')?.replace(/\D/g, '');
      // Bytes of a Binary come as they are unless FHIR is asked for.
      const headers = { accept: 'application/fhir+json' };
      const read = async (what: string): Promise<string> => (await server.fetch(what, { headers })).text();
      const entries = async (what: string): Promise<unknown> =>
        (parseLossless(await read(what)) as { entry?: { resource?: unknown }[] }).entry?.[0]?.resource ?? {};
      const ways: [string, unknown][] = [
        ['the answer to the write', written],
        ['read', await read(path)],
        ['vread', await read(`${path}/_history/${version}`)],
        ['search by _id', await entries(`${resourceType}?_id=${path.split('/')[1]}`)],
        ['history', await entries(`${path}/_history`)],
      ];
      for (const [way, got] of ways)
        if (!isDeepStrictEqual(plain(got), sent)) wrong.push(`${file}: ${way} differs from what was sent`);
    }

    await each([...groups.values()], async (files) => {
      for (const { file, text } of files) await store(file, text);
    });
    console.table([...refused].map(([reason, examples]) => ({ examples, reason })));
    expect(wrong).toEqual([]);
    const all = [...groups.values()].flat().length;
    expect(accepted + [...refused.values()].reduce((sum, one) => sum + one, 0)).toBe(all);
    expect(accepted).toBeGreaterThan(600);
  }, 60_000);

  test('$everything of each patient is of what was stored, whole', async () => {
    const patients = [...stored.keys()].filter((name) => name.startsWith('Patient/'));
    let found = 0;
    await each(patients, async (name) => {
      const bundle = parseLossless(await (await server.fetch(`${name}/$everything?_count=5000`)).text()) as {
        entry: { resource: Resource }[];
      };
      const names = bundle.entry.map(({ resource }) => `${resource.resourceType}/${resource.id}`);
      expect(names).toContain(name);
      for (const { resource } of bundle.entry) {
        const path = `${resource.resourceType}/${resource.id}`;
        expect(isDeepStrictEqual(plain(resource), stored.get(path)), path).toBe(true);
      }
      found += names.length;
    });
    expect(found).toBeGreaterThan(300);
  });
});

type Entry = { resource: Resource; request?: { method: string; url: string } };
type Bundle = { resourceType: string; type?: string; entry?: Entry[] };

/** A file as a transaction: a Bundle of one as it is, anything else as PUTs of what it holds. */
function transactionOf(text: string): Bundle & { entry: Entry[] } {
  const whole = JSON.parse(text) as Bundle & Resource;
  const entries = whole.resourceType === 'Bundle' ? (whole.entry ?? []) : [{ resource: whole }];
  if (whole.type === 'transaction' || whole.type === 'batch') return { ...whole, entry: entries };
  const entry = entries.map(({ resource }) => ({
    resource,
    request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` },
  }));
  return { resourceType: 'Bundle', type: 'transaction', entry };
}

/** A copy of a value without a member of this name, wherever it stands. */
const without = (value: unknown, name: string): unknown =>
  JSON.parse(JSON.stringify(value, (key, below) => (key === name ? undefined : below)));

describe.skipIf(missing)(`the reference data of US Core${why}`, () => {
  let server: Server;
  let packages: string;

  beforeAll(async () => {
    packages = mkdtempSync(join(tmpdir(), 'portico-us-core-'));
    for (const name of usCorePackages) symlinkSync(join(shared ?? '', 'packages', name), join(packages, name));
    server = await startServer({ PORTICO_PACKAGES: packages });
  });
  afterAll(async () => {
    await server?.close();
    rmSync(packages, { recursive: true, force: true });
  });

  test('all of it is imported, but for two elements that R4 does not have, and the counts match', async () => {
    const named = new Set<string>();
    const counts = new Map<string, number>();
    for (const { file, text } of filesOf('us-core-must-support')) {
      let bundle = transactionOf(text);
      const post = (): Promise<Response> => server.fetch('', { method: 'POST', body: JSON.stringify(bundle) });
      let answer = await post();
      const known = wrongMustSupport.find((one) => one.file === file);
      if (known) {
        // Refused whole, with the one element named; without it nothing is left to refuse.
        expect(answer.status).toBe(422);
        const issues = issuesOf(await answer.text());
        expect(issues.filter((issue) => !known.rule.test(issue))).toEqual([]);
        expect(issues[0]).toMatch(/^Bundle\.entry\[\d+\]\.resource/);
        bundle = {
          ...bundle,
          entry: bundle.entry.map((one) =>
            one.resource.id === known.id
              ? { ...one, resource: without(one.resource, known.element) as Resource } // as it was, but for one member
              : one,
          ),
        };
        answer = await post();
      }
      const answered = await answer.text();
      expect(answer.status, `${file}: ${answered.slice(0, 600)}`).toBe(200);
      const statuses = (JSON.parse(answered) as { entry: { response: { status: string } }[] }).entry.map(
        ({ response }) => response.status.slice(0, 3),
      );
      expect(statuses.filter((status) => status !== '200' && status !== '201')).toEqual([]);
      for (const { resource, request } of bundle.entry) {
        const name = `${resource.resourceType}/${resource.id}`;
        if (request?.method === 'PUT' && named.has(name)) continue;
        if (request?.method === 'PUT') named.add(name);
        counts.set(resource.resourceType, (counts.get(resource.resourceType) ?? 0) + 1);
      }
    }
    const found = new Map<string, number>();
    for (const type of counts.keys()) {
      const answer = await server.fetch(`${type}?_summary=count`);
      found.set(type, (JSON.parse(await answer.text()) as { total: number }).total);
    }
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(counts));
    expect([...counts.values()].reduce((sum, one) => sum + one, 0)).toBeGreaterThan(900);
  }, 60_000);
});
