import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';

import { issue, pemOf, privateKeyPem } from './test-ca.ts';

/** Settings for HTTPS on this computer, under an authority that this process believes from now on. */
export async function tlsSettings(): Promise<Record<string, string>> {
  const root = await issue({ name: 'Test authority', ca: true, key: 'ES256' });
  const own = await issue({ name: '127.0.0.1', ips: ['127.0.0.1'], key: 'ES256' }, root);
  setDefaultCACertificates([...getCACertificates('default'), pemOf(root)]);
  const folder = mkdtempSync(join(tmpdir(), 'portico-tls-'));
  const [certificate, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  writeFileSync(certificate, pemOf(own));
  writeFileSync(key, await privateKeyPem(own));
  return { PORTICO_TLS_CERT: certificate, PORTICO_TLS_KEY: key };
}

/** How a server is reached, and the settings for it. */
export const bothWays: readonly (readonly [string, () => Promise<Record<string, string>>])[] = [
  ['HTTP', async () => ({})],
  ['HTTPS', tlsSettings],
];
