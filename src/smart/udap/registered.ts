import { randomUUID } from 'node:crypto';

import type { ClientMetadata } from '../clients/client.ts';
import type { SmartContext } from '../context.ts';

// One statement: of registrations under one URI at the same time the first makes the app and the others change it.
const registerSql = `insert into client (tenant, id, metadata, certificate_uri, registered_by)
  values ($1, $2, $3, $4, 'udap')
  on conflict (tenant, certificate_uri) where disabled_at is null do update set metadata = excluded.metadata
  returning id`;

// One that ends its own registration gives its URI back; another end was somebody else's will.
const barredSql = 'select 1 from client where tenant = $1 and certificate_uri = $2 and disabled_at is not null';

/**
 * Registers an app under the URI of its certificate, or what it says of itself now.
 *
 * @returns its id, and whether it was not there before; null: the operator disabled it
 */
export async function registerCertificate(
  context: SmartContext,
  tenant: number,
  uri: string,
  metadata: ClientMetadata,
): Promise<{ id: string; isNew: boolean } | null> {
  const barred = await context.database.byKey.query(barredSql, [tenant, uri]);
  if (barred.length > 0) return null;
  const id = randomUUID();
  const [row] = await context.database.byKey.query(registerSql, [tenant, id, JSON.stringify(metadata), uri]);
  const found = String(row?.[0]);
  return { id: found, isNew: found === id };
}

/**
 * Ends the registration under a URI.
 *
 * @returns what was registered; null when nothing was
 */
export async function endCertificate(
  context: SmartContext,
  tenant: number,
  uri: string,
): Promise<{ id: string; metadata: ClientMetadata } | null> {
  const [row] = await context.database.byKey.query(
    `update client set disabled_at = now(), certificate_uri = null where tenant = $1 and certificate_uri = $2 and disabled_at is null
     returning id, metadata`,
    [tenant, uri],
  );
  // Written by registerCertificate.
  return row ? { id: String(row[0]), metadata: JSON.parse(String(row[1])) as ClientMetadata } : null;
}
