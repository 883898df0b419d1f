import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { settings } from '../src/config.ts';
import { type Server, startServer } from './support/server.ts';

const root = join(import.meta.dirname, '..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');

const section = (title: string): string => readme.split(/^## /m).find((part) => part.startsWith(title)) ?? '';

const tools = ['bash', 'curl'].filter((tool) => spawnSync(tool, ['--version']).error !== undefined);
if (tools.length > 0)
  console.warn(`SKIPPED: the tour of README.md is not walked, because ${tools.join(' and ')} is missing.`);

test('README has every setting with its default, and no other', () => {
  const rows = [...section('Settings').matchAll(/^\| `(\w+)` \| (?:`([^`]+)`)?/gm)].map(([, name, value]) => [
    name,
    value ?? null,
  ]);
  expect(rows).toEqual(Object.entries(settings).map(([name, one]) => [name, one.default]));
});

test('README and CONTRIBUTING point to files and folders that are there', () => {
  const both = readme + readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8');
  const links = [...both.matchAll(/\]\((?!https?:|#)([^)]+)\)/g)].map(([, target]) => String(target));
  expect(links.length).toBeGreaterThan(10);
  expect(links.filter((target) => !existsSync(join(root, target)))).toEqual([]);
});

test('every command of npm that README names is in package.json', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const named = [...readme.matchAll(/npm run (?:-s )?([a-z:]+)/g)].map(([, name]) => String(name));
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
});

/** What a person at a terminal would see after pasting. */
function paste(script: string, environment: Record<string, string>): Promise<string> {
  return new Promise((resolve) => {
    const shell = spawn('bash', ['-c', script], { env: { ...process.env, ...environment } });
    let output = '';
    for (const stream of [shell.stdout, shell.stderr]) stream.on('data', (chunk) => (output += chunk));
    shell.on('close', () => resolve(output));
  });
}

describe.runIf(tools.length === 0)('the five-minute tour', () => {
  let server: Server;
  let output: string;

  beforeAll(async () => {
    server = await startServer({ PORTICO_DEMO: 'on' });
    const blocks = [...section('A five-minute tour').matchAll(/```sh\n(.*?)```/gs)].map(([, block]) => String(block));
    // Tokens are printed for the data folder of a running server; this one's come from the test.
    const npm = `npm() { case "$*" in *nia-osei*) echo "$FOR_NIA";; *'Tour Clinic'*) echo "$CLINIC_BASE";;
      *--tenant*) echo "$FOR_CLINIC";; *'--patient amara-osei'*) echo "$FOR_AMARA";;
      *dr-lena-marchetti*) echo "$FOR_LENA";; *audit:verify*) ;; *) echo "$FOR_ALL";; esac; }`;
    await server.database.query("insert into tenant (id, name) values (2, 'Tour Clinic')");
    const script = [npm, ...blocks].join('\n').replaceAll('http://127.0.0.1:8103', server.origin);
    output = await paste(script, {
      FOR_ALL: await server.token(),
      CLINIC_BASE: `${server.origin}/t/2/fhir/R4`,
      FOR_CLINIC: await server.token('system/*.rs', { tenant: 2 }),
      FOR_AMARA: await server.token('patient/*.cruds', { patient: 'amara-osei' }),
      FOR_LENA: await server.token('user/*.rus', { fhirUser: 'Practitioner/dr-lena-marchetti' }),
      FOR_NIA: await server.token('patient/*.rs', { patient: 'nia-osei' }),
    });
  }, 60_000);

  afterAll(() => server.close());

  test('works as pasted', () => {
    const statuses = [...output.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(([, status]) => Number(status));
    // Created, created, refused, on top of an old version, another patient, deleted.
    expect(statuses).toEqual([201, 201, 422, 412, 404, 204]);
    // Two are refused on purpose, one is not known, one says what was filed, a reading is refused twice, and nothing else goes wrong.
    expect(output.match(/"resourceType":\s*"OperationOutcome"/g)).toHaveLength(6);
    expect(output).not.toMatch(/curl: |command not found|syntax error/);
  });

  test('shows what it says', () => {
    expect(output).toContain('"family": "Osei"');
    expect(output).toContain('"id": "amara-osei-heart-rate-h22-d30"');
    expect(output).toContain('"value":71.50');
    expect(output).toContain('Found \\"1980-02-30\\"');
    expect(output).toContain('"active":true');
    expect(output).toContain('"type":"transaction-response"');
    expect(output).toMatch(/"total":1,/);
    expect(output).toMatch(/"total":0,/);
    expect(output).toContain('Patient/amara-osei is not known here');
    const submitted = [...output.matchAll(/"status":"(\d+) [A-Za-z ]+"/g)].map(([, status]) => status).slice(-4);
    expect(submitted).toEqual(['201', '422', '200', '422']);
    expect(output).toMatch(/"valueQuantity":\{"value":64/);
    // What Lena reads, what Amara then keeps from her, and the account of it.
    const told = output.slice(output.indexOf('Filed as Consent/'));
    expect(output.slice(0, output.indexOf('Filed as Consent/'))).toMatch(
      /Condition\?patient=amara-osei&_elements=code"\}\],"entry"/,
    );
    expect(told).toMatch(/Condition\?patient=amara-osei&_elements=code"\}\]\}/);
    expect(told).toMatch(/"name": "recipient",\s*"valueString": "[^"]*Marchetti/);
  });
});
