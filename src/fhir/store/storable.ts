import type { Grant } from '../access.ts';
import type { FhirContext, Write } from '../context.ts';
import type { Parsed } from '../json.ts';
import { ok, type Result } from '../outcome.ts';
import { shelved } from './binary.ts';
import type { Stored } from './release.ts';
import { systemGrant } from './system.ts';

/** What is stored of a resource that has been checked: what the checks on writes leave of it, its bytes in the blob store. */
export async function storable(context: FhirContext, grant: Grant, write: Write): Promise<Result<Parsed>> {
  const prepared = context.prepareWrite ? await context.prepareWrite(context, grant, write) : ok(write.parsed);
  return prepared.ok ? ok(await shelved(context, grant.tenant, prepared.value)) : prepared;
}

/** The version that an update will take the place of, whoever may see it: what protects it must not be lost. */
export async function replaced(context: FhirContext, tenant: number, type: string, id: string): Promise<Stored | null> {
  const found = await context.store.read(systemGrant(tenant, [type]), type, id);
  return found.ok ? found.value : null;
}
