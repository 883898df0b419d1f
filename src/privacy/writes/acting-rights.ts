import { isDeepStrictEqual } from 'node:util';

import { type Actor, admits, type Grant } from '../../fhir/access.ts';
import type { FhirContext, Json, Write } from '../../fhir/context.ts';
import type { Parsed } from '../../fhir/json.ts';
import { forbidden, ok, type Result } from '../../fhir/outcome.ts';

/** Who says who acts for a patient: they, other systems, and who answers for the server. */
const saying: ReadonlySet<Actor> = new Set<Actor>(['self', 'operator', 'server', 'system']);

/** What of a RelatedPerson says for whom they act, whether they do, and as what. */
const acting = ['patient', 'active', 'period', 'relationship'];

/** A RelatedPerson that is there may be somebody who signs in: neither an app nor staff lets them in, or into another record. */
export function ofWhoActs(_: FhirContext, grant: Grant, { parsed, stored }: Write): Result<Parsed> {
  if (parsed.resource.resourceType !== 'RelatedPerson' || saying.has(grant.caller.actor)) return ok(parsed);
  // Of what the caller cannot see nothing is told here; it is not found when it is written.
  if (stored === null || !admits(grant, 'RelatedPerson', stored, 'u')) return ok(parsed);
  const before = JSON.parse(stored.content) as Json; // what is stored is a resource
  const after = parsed.resource as unknown as Json; // it has been checked
  const changed = acting.find((name) => !isDeepStrictEqual(before[name], after[name]));
  if (changed === undefined) return ok(parsed);
  return forbidden('Who acts for a patient, and for how long, the patient says', `RelatedPerson.${changed}`);
}
