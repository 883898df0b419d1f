import type { Actor, Grant } from '../../fhir/access.ts';
import type { FhirContext, Json } from '../../fhir/context.ts';
import { ok, type Result, ruledOut } from '../../fhir/outcome.ts';
import { longest } from './ends.ts';
import { bearings, reasonOf, rowsOf } from './kept.ts';
import { isOwnWork } from './own-work.ts';
import { rulesInForce } from './rules-in-force.ts';

/** Who acts for the patient, and may not delete what others must keep of them. */
const forThemselves: ReadonlySet<Actor> = new Set(['self', 'proxy', 'app']);
const unbound: ReadonlySet<Actor> = new Set(['operator', 'server']);

/**
 * What has to be kept is not deleted one by one: a bill that is not settled by nobody, the records of those who treat the
 * patient not by the patient, what the patient has written themself excepted. The whole record is another matter: $erase.
 */
export async function notRetained(context: FhirContext, grant: Grant, type: string, id: string): Promise<Result<null>> {
  const { actor } = grant.caller;
  if (unbound.has(actor)) return ok(null);
  const isSettling = type === 'Claim';
  if (!isSettling && !forThemselves.has(actor)) return ok(null);
  const all = await rulesInForce(context.database, grant.tenant);
  const about = all.filter(
    ({ types, withstands, trigger }) =>
      withstands !== 'nothing' && types.includes(type) && (forThemselves.has(actor) || trigger === 'adjudication'),
  );
  if (about.length === 0) return ok(null);
  // Of what the caller may not delete nothing is told.
  const found = await context.store.read(grant, type, id, 'd');
  if (!found.ok) return ok(null);
  const rows = await rowsOf(context, grant.tenant, [{ type, id }]);
  const [bearing] = await bearings(context, grant.tenant, rows);
  if (!bearing) return ok(null);
  // What is stored is a resource.
  const own = !bearing.isOpen && isOwnWork(JSON.parse(found.value.content) as Json);
  const kept = own ? null : longest(about, type, bearing);
  if (kept === null || kept.end <= context.now()) return ok(null);
  return ruledOut(`${type}/${id} must be kept: ${reasonOf(kept.rule)}. To have the whole record erased, call $erase`);
}
