import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose';

import { processorSeconds, root, run } from '../run/processes.ts';
import type { Server } from '../run/server.ts';
import { round, type Workload } from './workload.ts';

const users = 16;
/** More than two cores can check in a round. */
const perRound = 4000;

async function register(server: Server, jwk: object): Promise<string> {
  const file = join(server.folder, 'bench-keys.json');
  writeFileSync(file, JSON.stringify({ keys: [jwk] }));
  const options = ['--name', 'Bench', '--auth', 'private_key_jwt', '--jwks', file, '--grant', 'client_credentials'];
  const env = { PORTICO_DATA: server.folder, PORT: String(server.port) };
  const said = await run(join(root, 'scripts/client.ts'), ['register', ...options, '--scope', 'system/*.rs'], { env });
  return /client_id (\S+)/.exec(said)?.[1] ?? '';
}

function sign(server: Server, key: CryptoKey, client: string): Promise<string> {
  return new SignJWT({ iss: client, sub: client, jti: randomUUID() })
    .setProtectedHeader({ alg: 'ES384', kid: 'bench', typ: 'JWT' })
    .setAudience(`http://127.0.0.1:${server.port}/oauth2/token`)
    .setExpirationTime('290 seconds')
    .sign(key);
}

/** An assertion is checked, its jti noted for good, a token signed: two operations on P-384 for each. */
export const tokens: Workload = {
  name: 'token-c16',
  about: 'client_credentials with an ES384 assertion, by seconds of processor time of the server; no floor',
  target: { least: 400 },
  async measure(bench) {
    const server = await bench.server();
    const { publicKey, privateKey } = await generateKeyPair('ES384', { extractable: true });
    const client = await register(server, { ...(await exportJWK(publicKey)), kid: 'bench', alg: 'ES384', use: 'sig' });
    const form =
      'grant_type=client_credentials&scope=system%2FPatient.rs' +
      '&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=';
    const turns: { perCore: number; rate: number; p50: number; p99: number }[] = [];
    for (let i = 0; i < bench.options.rounds; i++) {
      const assertions = await Promise.all(Array.from({ length: perRound }, () => sign(server, privateKey, client)));
      const before = processorSeconds(server.pid);
      const { rate, seconds, all } = await bench.load({ scenario: 'token', form, assertions }, server, users, {
        warmUp: 0,
      });
      const after = processorSeconds(server.pid);
      const cores = before === null || after === null ? 1 : (after - before) / seconds;
      turns.push({ perCore: rate / cores, rate, p50: all.p50_ms, p99: all.p99_ms });
    }
    const [middle] = turns.toSorted((a, b) => a.perCore - b.perCore).slice(turns.length >> 1);
    const measure = {
      value: round(middle?.perCore ?? 0),
      unit: 'tokens/s of one core',
      floor: null,
      ratio: null,
      p50_ms: round(middle?.p50 ?? 0),
      p99_ms: round(middle?.p99 ?? 0),
    };
    return { measure, notes: [`${round(middle?.rate ?? 0)} tokens/s on this machine`] };
  },
};
