import type { Resource } from '@medplum/fhirtypes';

import type { FhirContext } from '../../fhir/context.ts';
import { search } from '../../fhir/search/search.ts';
import { systemGrant } from '../../fhir/store/system.ts';

/** What the server itself looks for, to know what is free; of what it finds nobody is shown who has it. */
export async function searchOwn<T extends Resource>(
  context: FhirContext,
  tenant: number,
  type: T['resourceType'],
  query: readonly (readonly [string, string])[],
): Promise<(T & { id: string })[]> {
  const asked = new URLSearchParams(query.map(([name, value]) => [name, value]));
  const base = context.settings.baseOf(tenant);
  const ask = { types: [type], query: asked.toString(), strict: true, base };
  const page = await search(context, systemGrant(tenant, [type]), ask);
  if (!page.ok) throw new Error(page.issues[0]?.diagnostics);
  // What is stored has been checked to be of its type.
  return page.value.found.map(({ content }) => JSON.parse(content) as T & { id: string });
}
