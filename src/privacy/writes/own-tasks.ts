import { isDeepStrictEqual } from 'node:util';

import { type Actor, admits, type Grant } from '../../fhir/access.ts';
import type { FhirContext, Json, Write } from '../../fhir/context.ts';
import type { Parsed } from '../../fhir/json.ts';
import { forbidden, ok, type Result } from '../../fhir/outcome.ts';

/** Who sees a record while a Task about it is theirs: they say how it stands, and not whose record it is. */
const byTask: ReadonlySet<Actor> = new Set<Actor>(['care-agent', 'concierge']);

/** What a Task is, whoever works on it: whom it is for, what is asked, and by whom. */
const given = [
  ...['identifier', 'instantiatesCanonical', 'instantiatesUri', 'basedOn', 'groupIdentifier', 'partOf', 'intent'],
  ...['code', 'focus', 'for', 'encounter', 'authoredOn', 'requester', 'input'],
];

/** A Task that somebody works on stays the one that they were given, else they would give themselves the record of anybody. */
export function ofTheirTasks(_: FhirContext, grant: Grant, { parsed, stored }: Write): Result<Parsed> {
  const { resource } = parsed;
  if (resource.resourceType !== 'Task' || !byTask.has(grant.caller.actor)) return ok(parsed);
  // Of what the caller cannot see nothing is told here; it is not found when it is written.
  if (stored === null || !admits(grant, 'Task', stored, 'u')) return ok(parsed);
  const before = JSON.parse(stored.content) as Json; // what is stored is a resource
  const after = resource as unknown as Json; // it has been checked
  const changed = given.find((name) => !isDeepStrictEqual(before[name], after[name]));
  if (changed === undefined) return ok(parsed);
  return forbidden(`Who works on a Task does not change what was asked of them: ${changed}`, `Task.${changed}`);
}
