import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { inject } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { connect } from '../../src/db/connect.ts';
import type { Database } from '../../src/db/database.ts';
import type { Target } from '../../src/db/target.ts';
import type { Actor } from '../../src/fhir/access.ts';
import type { SmartContext } from '../../src/smart/context.ts';
import { mintToken, placeOf } from '../../src/smart/tokens/tokens.ts';
import { start } from '../../src/start.ts';
import { createDatabase } from './postgres.ts';

export type TokenAsk = {
  patient?: string;
  /** `Practitioner/x`, for user/ scopes. */
  fhirUser?: string;
  tenant?: number;
  subject?: string;
  /** What they are to patients, a class of src/smart/actor.ts; else as who they are tells. */
  actor?: Actor;
  /** A code of v3-ActReason. */
  purpose?: string;
  /** The id of the Organization whose they are. */
  organization?: string;
  /** Seconds. */
  lifetime?: number;
};

export type Server = {
  /** `http://127.0.0.1:…`, without a trailing slash. */
  origin: string;
  /** The FHIR base: `origin` and `/fhir/R4`. */
  base: string;
  /** A bearer token; without a scope one that may do everything in the tenant. */
  token(scope?: string, ask?: TokenAsk): Promise<string>;
  /** fetch of a path below the FHIR base, with such a token and as FHIR's JSON, unless `init` says otherwise. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** The server's database, to look at what it did. */
  database: Database;
  /** What the server's authorization server stands on, to register apps and people by. */
  smart: SmartContext;
  target: Target;
  close(): Promise<void>;
};

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

// Compiled definitions are the same for every test file and every run.
const compiled = join(import.meta.dirname, '../../node_modules/.cache/portico');

/**
 * The real server, in this process, on a database of its own and a free port.
 *
 * @param settings by their names in config.ts
 */
export async function startServer(
  settings: Record<string, string> = {},
  log = pino({ level: settings.PORTICO_LOG ?? 'silent' }),
): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), 'portico-server-'));
  const { target, drop } = await createDatabase(inject('postgres'));
  const port = settings.PORT ?? String(await freePort());
  const config = readConfig({ PORTICO_DATA: folder, PORTICO_DEMO: 'off', ...settings, PORT: port });
  const { baseUrl: origin, keys, smart, stop } = await start({ ...config, database: target, compiled }, log);
  const base = `${origin}/fhir/R4`;
  const token: Server['token'] = (scope = 'system/*.cruds', ask = {}) => {
    const { patient = null, fhirUser = null, tenant = 1, subject = 'test', lifetime = 3600 } = ask;
    const { actor = null, purpose = null, organization = null } = ask;
    const who = { actor, purpose, organization };
    const claims = { tenant, subject, clientId: null, scope, patient, fhirUser, ...who };
    return mintToken(keys, placeOf(origin, tenant), claims, lifetime);
  };
  const everything = `Bearer ${await token()}`;
  const database = await connect(target, { lines: 2 });
  return {
    origin,
    base,
    token,
    fetch(path, init = {}) {
      const headers = new Headers(init.headers);
      if (!headers.has('authorization')) headers.set('authorization', everything);
      if (init.body && !headers.has('content-type')) headers.set('content-type', 'application/fhir+json');
      return fetch(path === '' || path.startsWith('?') ? `${base}${path}` : `${base}/${path}`, { ...init, headers });
    },
    database,
    smart,
    target,
    async close() {
      await database.close();
      await stop();
      await drop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
