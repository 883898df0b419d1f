import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { exportJWK, generateKeyPair } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { comeBack } from '../../../test/support/app.ts';
import type { Server } from '../../../test/support/server.ts';
import { people, registerApp, startSmartWorld } from '../../../test/support/smart-world.ts';
import { findClient } from '../clients/clients.ts';
import { demoPassword } from '../people/demo-accounts.ts';
import { placeOf } from '../tokens/tokens.ts';
import { samplesOf } from './sample-code.ts';

let server: Server;
beforeAll(async () => {
  server = await startSmartWorld();
}, 300_000);
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await server?.close();
});

/** Inside the repository, so that the samples find the libraries that they import. */
const folder = join(import.meta.dirname, '../../../node_modules/.cache/portico-samples', randomUUID());

async function sampleOf(clientId: string, about: string): Promise<string> {
  const client = await findClient(server.smart, 1, clientId);
  const samples = client ? samplesOf(client, placeOf(server.origin, 1)) : [];
  return samples.find((one) => one.about === about)?.code ?? '';
}

function written(name: string, text: string): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

test('the sample of a web app signs a person in and reads their record', async () => {
  const { app } = await registerApp(server, { metadata: { scope: 'openid launch/patient patient/Patient.rs' } });
  const sample = await import(written('node.mjs', await sampleOf(app.clientId, 'node')));
  const amara = { ...people.amara, password: demoPassword };
  const back = await comeBack(server, sample.url, amara);
  expect(await sample.cameBack(back)).toMatchObject({ resourceType: 'Patient', id: 'amara-osei' });
});

test('the sample of a service gets a token by its key and reads', async () => {
  const { publicKey, privateKey } = await generateKeyPair('ES384', { extractable: true });
  const named = { kid: '1', alg: 'ES384' };
  const { app } = await registerApp(server, {
    credentials: 'key',
    metadata: {
      redirect_uris: [],
      grant_types: ['client_credentials'],
      scope: 'system/Patient.rs',
      jwks: { keys: [{ ...(await exportJWK(publicKey)), ...named }] },
    },
  });
  written('private-key.json', JSON.stringify({ ...(await exportJWK(privateKey)), ...named }));
  const file = written('service.mjs', await sampleOf(app.clientId, 'nodeService'));
  // Its own process, as whoever copies it runs it; the server goes on in this one meanwhile.
  const { stdout } = await promisify(execFile)(process.execPath, [file], { cwd: folder });
  expect(stdout).toMatch(/^200 \{\s*resourceType: 'Bundle'/);
});

test('the sample of a browser app has its values, and nothing in them ends the script', async () => {
  const { app } = await registerApp(server, { metadata: { redirect_uris: ["https://app.test/</script>'x"] } });
  const code = await sampleOf(app.clientId, 'browserStart');
  expect(code).toContain(app.clientId);
  expect(code.match(/<\/script>/g)).toHaveLength(2);
});
