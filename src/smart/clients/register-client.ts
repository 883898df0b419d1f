import { randomUUID } from 'node:crypto';
import type { SmartContext } from '../context.ts';
import { newSecret, sha256 } from '../random.ts';
import { type Client, type ClientMetadata, isConfidential } from './client.ts';
import { checkMetadata, type MetadataFault } from './client-metadata.ts';
import { type ClientDraft, findClient, saveClient } from './clients.ts';

/** Who registers an app, and what they may let it have. */
export type Registrar = {
  by: Client['registeredBy'];
  /** Id of the user whose app it is. */
  owner: string | null;
  /** Whether it may have system/ scopes. */
  system: boolean;
};

/** What is told once and never again: only hashes are kept. */
export type Registered = { client: ClientDraft; secret: string | null; managementToken: string };

export type Registration = { ok: true; value: Registered } | { ok: false; fault: MetadataFault };

const needsSecret = (metadata: ClientMetadata): boolean => /^client_secret_/.test(metadata.token_endpoint_auth_method);

/** Registers an app: for the API, the pages of developers and the operator, and the command. @param id where it is not to be a random one */
export async function registerClient(
  context: SmartContext,
  tenant: number,
  given: unknown,
  registrar: Registrar,
  id: string = randomUUID(),
): Promise<Registration> {
  const metadata = checkMetadata(given, registrar);
  if (!metadata.ok) return metadata;
  if (await findClient(context, tenant, id)) {
    return { ok: false, fault: { error: 'invalid_client_metadata', reason: 'There is an app of this id already' } };
  }
  const secret = needsSecret(metadata.value) ? newSecret() : null;
  const managementToken = newSecret();
  const client: ClientDraft = {
    tenant,
    id,
    metadata: metadata.value,
    secretHash: secret && sha256(secret),
    managementHash: sha256(managementToken),
    certificateUri: null,
    owner: registrar.owner,
    registeredBy: registrar.by,
  };
  await saveClient(context.database, client);
  return { ok: true, value: { client, secret, managementToken } };
}

/** Changes what is known of an app; one that needs a secret and has none gets one. */
export async function changeClient(
  context: SmartContext,
  client: Client,
  given: unknown,
  { system }: Pick<Registrar, 'system'>,
): Promise<{ ok: true; client: Client; secret: string | null } | { ok: false; fault: MetadataFault }> {
  const metadata = checkMetadata(given, { system });
  if (!metadata.ok) return metadata;
  const fresh = needsSecret(metadata.value) && client.secretHash === null ? newSecret() : null;
  const secretHash = needsSecret(metadata.value) ? (fresh ? sha256(fresh) : client.secretHash) : null;
  await saveClient(context.database, { ...client, metadata: metadata.value, secretHash });
  const changed = await findClient(context, client.tenant, client.id);
  return { ok: true, client: changed ?? client, secret: fresh };
}

/** A new secret in the place of the old one, which is no good from now on; null for an app that has none. */
export async function renewSecret(context: SmartContext, client: Client): Promise<string | null> {
  if (!isConfidential(client) || !needsSecret(client.metadata)) return null;
  const secret = newSecret();
  await saveClient(context.database, { ...client, secretHash: sha256(secret) });
  return secret;
}
