import type { Queryable, Row } from '../../db/database.ts';
import type { SmartContext } from '../context.ts';
import { revokeGrantsOfClient } from '../tokens/app-grants.ts';
import type { Client, ClientMetadata } from './client.ts';

const columns = `tenant, id, metadata, secret_hash, management_hash, certificate_uri, owner, registered_by, created_at,
  last_used_at, disabled_at is not null`;

function clientOf(row: Row): Client {
  const [tenant, id, metadata, secretHash, managementHash, certificateUri, owner, registeredBy] = row as string[];
  // The select list fixes the shape of the row; what was written had been checked.
  const own = JSON.parse(String(metadata)) as ClientMetadata;
  const [createdAt, lastUsedAt, disabled] = row.slice(8) as [Date, Date | null, boolean];
  const rest = { secretHash, managementHash, certificateUri, owner, registeredBy };
  return { tenant: Number(tenant), id, metadata: own, ...rest, createdAt, lastUsedAt, disabled } as Client;
}

/** Also one that is disabled. */
export async function findClient(context: SmartContext, tenant: number, id: string): Promise<Client | null> {
  // Nothing that is longer was ever given out, and a NUL is no text to Postgres.
  if (id.length > 200 || id.includes('\0')) return null;
  const [row] = await context.database.byKey.query(`select ${columns} from client where tenant = $1 and id = $2`, [
    tenant,
    id,
  ]);
  return row ? clientOf(row) : null;
}

/** Those of one developer, or all; newest first. */
export async function listClients(context: SmartContext, tenant: number, owner: string | null): Promise<Client[]> {
  const rows = await context.database.query(
    `select ${columns} from client where tenant = $1 and ($2::text is null or owner = $2) order by created_at desc, id`,
    [tenant, owner],
  );
  return rows.map(clientOf);
}

/** What is kept of a client but for the times. */
export type ClientDraft = Omit<Client, 'createdAt' | 'lastUsedAt' | 'disabled'>;

/** Adds a client, or changes what is known of it; one that is disabled stays so. */
export async function saveClient(on: Queryable, client: ClientDraft): Promise<void> {
  await on.query(
    `insert into client (tenant, id, metadata, secret_hash, management_hash, certificate_uri, owner, registered_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict (tenant, id) do update set metadata = excluded.metadata, secret_hash = excluded.secret_hash,
       management_hash = excluded.management_hash, certificate_uri = excluded.certificate_uri`,
    [
      client.tenant,
      client.id,
      JSON.stringify(client.metadata),
      client.secretHash,
      client.managementHash,
      client.certificateUri,
      client.owner,
      client.registeredBy,
    ],
  );
}

/** Ends the client and everything that it was granted, at once. */
export async function disableClient(context: SmartContext, tenant: number, id: string, why: string): Promise<void> {
  await context.database.query('update client set disabled_at = now() where tenant = $1 and id = $2', [tenant, id]);
  await revokeGrantsOfClient(context, tenant, id, why);
}

/** Notes that it was used, at most once a minute. */
export async function touchClient(on: Queryable, tenant: number, id: string): Promise<void> {
  await on.query(
    `update client set last_used_at = now() where tenant = $1 and id = $2
       and (last_used_at is null or last_used_at < now() - interval '1 minute')`,
    [tenant, id],
  );
}
