import type { Grant } from '../../fhir/access.ts';
import type { FhirContext } from '../../fhir/context.ts';
import { ok, type Result, tooCostly } from '../../fhir/outcome.ts';
import { search } from '../../fhir/search/search.ts';
import { release, type Stored } from '../../fhir/store/release.ts';

/** Rows of a type in one answer. */
const MOST = 10_000;

/** All rows of a type that a caller may find by a query, as far as they are shown to them, and noted. */
export async function foundUnder(
  context: FhirContext,
  grant: Grant,
  type: string,
  query: string,
): Promise<Result<readonly Stored[]>> {
  const base = context.settings.baseOf(grant.tenant);
  const found: Stored[] = [];
  for (let next: string | null = `${query}&_count=1000`; next !== null; ) {
    const page = await search(context, grant, { types: [type], query: next, strict: true, base });
    if (!page.ok) return page;
    found.push(...release(grant, page.value.found, 's'));
    if (found.length > MOST)
      return tooCostly(`More than ${MOST} of ${type} have changed; ask for a shorter time`, '_since');
    next = page.value.next?.split('?')[1] ?? null;
  }
  return ok(found);
}
