import { type Actor, admits, type Grant } from '../../fhir/access.ts';
import type { FhirContext, Write } from '../../fhir/context.ts';
import type { Parsed } from '../../fhir/json.ts';
import { forbidden, ok, type Result } from '../../fhir/outcome.ts';
import { employerNumbers } from './modules.ts';

/** Who says of somebody by which number an employer knows them: who answers for the server, and other systems. */
const trusted: ReadonlySet<Actor> = new Set<Actor>(['operator', 'server', 'system']);

type Identified = { identifier?: readonly { system?: string; value?: string }[] };

const nameOf = ({ system, value }: { system?: string; value?: string }): string => `${system}|${value}`;

/**
 * The number by which an employer knows somebody is given by the employer: who took that of somebody else would be given what
 * the employer sends of them.
 */
export function ofEmployers(
  context: FhirContext,
  grant: Grant,
  { parsed, stored }: Write,
): Result<Parsed> | Promise<Result<Parsed>> {
  if (parsed.resource.resourceType !== 'Patient' || trusted.has(grant.caller.actor)) return ok(parsed);
  // Of what the caller cannot see nothing is told here; it is not found when it is written.
  if (stored !== null && !admits(grant, 'Patient', stored, 'u')) return ok(parsed);
  const { identifier: before = [] } = JSON.parse(stored?.content ?? '{}') as Identified; // what is stored was checked
  const { identifier: after = [] } = parsed.resource as unknown as Identified; // so was this
  const known = new Set(before.map(nameOf));
  const added = after.flatMap((one) => (known.has(nameOf(one)) ? [] : (one.system ?? [])));
  return added.length === 0 ? ok(parsed) : checked(context, grant, parsed, added);
}

async function checked(
  context: FhirContext,
  { tenant }: Grant,
  parsed: Parsed,
  added: readonly string[],
): Promise<Result<Parsed>> {
  const isNumber = await employerNumbers(context, tenant);
  if (!added.some(isNumber)) return ok(parsed);
  return forbidden('The number that an employer knows somebody by is given by the employer', 'Patient.identifier');
}
