import { hash } from 'node:crypto';
import { request } from 'node:http';
import type { AuditEvent } from '@medplum/fhirtypes';
import { expect } from 'vitest';
import type { Json, Resource } from '../../src/fhir/context.ts';
import { appendAuditEvent } from '../../src/privacy/ledger/append.ts';
import { type Server, startServer } from '../support/server.ts';
import { pdf, trapResources } from './trap-resources.ts';

/**
 * Who asks. A: an app of the attacker pa; B: of the victim pb; S: a program that may read Patients; V: an app of some
 * Observations of pa; P: a clinician whose patients both are; system: everything; none: nobody.
 */
export type Who = 'A' | 'B' | 'P' | 'S' | 'V' | 'system' | 'none';

export type Answer = { status: number; headers: Record<string, string | string[] | undefined>; text: string };

export type Sent = {
  body?: string | Buffer | object;
  headers?: Record<string, string>;
  /** What the asker has written before, and so may be shown. */
  known?: string;
};

export type TrapWorld = {
  server: Server;
  tokens: Readonly<Record<Who, string>>;
  /** One request as it is written here; what A, V, S and nobody are answered is looked through for what they must not see. */
  ask(who: Who, method: string, path: string, sent?: Sent): Promise<Answer>;
  close(): Promise<void>;
};

/** What of the victim's record must not come out, wherever it might. */
const canaries = [
  'Zyxworth',
  '1961-03-09',
  'B-77',
  'F32.2',
  'F11.20',
  '44261-6',
  '"value":21,',
  '+1-555-0177',
  pdf.toString('base64'),
  hash('sha256', pdf),
];

/** Nothing of the victim is in an answer, in its headers or its links, but what the asker has sent. */
export function noLeak({ headers, text }: Answer, sent: string): void {
  const whole = `${JSON.stringify(headers)}\n${text}`;
  expect(canaries.filter((canary) => whole.includes(canary) && !sent.includes(canary))).toEqual([]);
}

/** Said of the moment, and not of what was asked. */
const momentary = ['date', 'x-request-id'];

/** Two answers that tell the asker nothing, but for the ids that he sent. */
export function indist(one: Answer, other: Answer, ids: readonly string[]): void {
  const plain = (text: string): string => ids.reduce((left, id) => left.replaceAll(id, '#'), text);
  const seen = ({ status, headers, text }: Answer): unknown => ({
    status,
    headers: Object.fromEntries(
      Object.entries(headers)
        .filter(([name]) => !momentary.includes(name))
        .map(([name, value]) => [name, plain(String(value))]),
    ),
    text: plain(text),
  });
  expect(seen(one)).toEqual(seen(other));
}

type Bundle = { total?: number; link?: { relation: string; url: string }[]; entry?: Entry[] };
type Entry = { resource?: Resource; response?: { status: string; location?: string; outcome?: Resource } };

export const bundleOf = ({ text }: Answer): Bundle => JSON.parse(text) as Bundle; // the server's own Bundle

/** `Type/id` of each resource of a Bundle, sorted; OperationOutcomes are left out. */
export const found = (answer: Answer): string[] =>
  (bundleOf(answer).entry ?? [])
    .flatMap(({ resource }) => (resource && resource.resourceType !== 'OperationOutcome' ? resource : []))
    .map(({ resourceType, id }) => `${resourceType}/${id}`)
    .sort();

/** The statuses of the entries of a batch-response or transaction-response. */
export const statuses = (answer: Answer): string[] =>
  (bundleOf(answer).entry ?? []).map(({ response }) => response?.status.slice(0, 3) ?? '');

export const resourceOf = ({ text }: Answer): Json => JSON.parse(text) as Json;

const attackers: readonly Who[] = ['A', 'V', 'S', 'none'];

export async function trapWorld(
  settings: Record<string, string> = {},
  resources: readonly Resource[] = trapResources,
): Promise<TrapWorld> {
  const server = await startServer(settings);
  const tokens: Record<Who, string> = {
    A: await server.token('patient/*.cruds', { patient: 'pa', subject: 'alpha' }),
    B: await server.token('patient/*.cruds', { patient: 'pb', subject: 'zyxworth' }),
    V: await server.token(
      'patient/Observation.rs?category=http://terminology.hl7.org/CodeSystem/observation-category|vital-signs',
      { patient: 'pa' },
    ),
    P: await server.token('user/*.rs', { subject: 'clinician', fhirUser: 'Practitioner/pr1' }),
    S: await server.token('system/Patient.rs', { subject: 'feed' }),
    system: await server.token('system/*.cruds'),
    none: '',
  };

  const { hostname, port } = new URL(server.origin);
  function send(who: Who, method: string, path: string, { body, headers }: Sent): Promise<Answer> {
    const payload = typeof body === 'object' && !Buffer.isBuffer(body) ? JSON.stringify(body) : body;
    return new Promise((resolve, reject) => {
      const one = request({
        hostname,
        port,
        method,
        path: path.startsWith('/') ? path : `/fhir/R4/${path}`,
        headers: {
          ...(who === 'none' ? {} : { authorization: `Bearer ${tokens[who]}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/fhir+json' }),
          ...headers,
        },
      });
      one.on('error', reject);
      one.on('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: Buffer.concat(chunks).toString(),
          }),
        );
      });
      one.end(payload);
    });
  }

  const ask: TrapWorld['ask'] = async (who, method, path, sent = {}) => {
    const answer = await send(who, method, path, sent);
    if (!attackers.includes(who)) return answer;
    noLeak(answer, `${decodeURIComponent(path)} ${JSON.stringify(sent)} ${sent.body}`);
    expect(answer.status, answer.text).toBeLessThan(500);
    return answer;
  };

  // What the server alone writes.
  for (const one of resources.filter(({ resourceType }) => resourceType === 'AuditEvent'))
    await appendAuditEvent(server.smart.fhir, 1, one as Resource & AuditEvent);
  const entry = resources.flatMap((resource) =>
    resource.resourceType === 'AuditEvent'
      ? []
      : {
          resource,
          request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` },
        },
  );
  const seeded = await ask('system', 'POST', '', { body: { resourceType: 'Bundle', type: 'transaction', entry } });
  expect(seeded.status, seeded.text).toBe(200);
  // Version 2, and 3, which is its deletion.
  const gone = resources.find(({ id }) => id === 'eb1');
  if (gone) {
    await ask('system', 'PUT', 'Encounter/eb1', { body: { ...gone, status: 'cancelled' } });
    await ask('system', 'DELETE', 'Encounter/eb1');
  }
  return { server, tokens, ask, close: () => server.close() };
}

/** Every version of what is not the attacker's alone, to see that none of it was written. */
export async function versionsOfOthers({ server }: TrapWorld): Promise<string> {
  const rows = await server.database.query(
    `select type, id, version, patient, patients from resource
     where patient is distinct from 'pa' or patients is not null or id in ('pa', 'oa1', 'ea') order by 1, 2`,
  );
  return JSON.stringify(rows);
}
