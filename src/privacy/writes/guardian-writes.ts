import { admits, type Caller, type Grant } from '../../fhir/access.ts';
import type { FhirContext, Json, Write } from '../../fhir/context.ts';
import type { Parsed } from '../../fhir/json.ts';
import { forbidden, ok, type Result } from '../../fhir/outcome.ts';

/** Who acts for somebody else, or an app of theirs. */
const actsForAnother = ({ actor, fhirUser }: Caller): boolean =>
  actor === 'proxy' || (actor === 'app' && (fhirUser?.startsWith('RelatedPerson/') ?? false));

const ofAge = forbidden(
  'When somebody was born decides for how long others act for them: it is corrected by $correct',
  'Patient.birthDate',
);

/** Who acts for a child would act for them for ever, if they could say when the child was born. */
export function ofTheirWards(_: FhirContext, grant: Grant, { parsed, stored }: Write): Result<Parsed> {
  if (parsed.resource.resourceType !== 'Patient' || !actsForAnother(grant.caller)) return ok(parsed);
  // Of what the caller cannot see nothing is told here; it is not found when it is written.
  if (stored === null || !admits(grant, 'Patient', stored, 'u')) return ok(parsed);
  const { birthDate } = JSON.parse(stored.content) as Json; // what is stored is a resource
  return (parsed.resource as unknown as Json).birthDate === birthDate ? ok(parsed) : ofAge;
}

/** Nor does it end by there being no Patient any more. */
export async function keepWards(context: FhirContext, grant: Grant, type: string, id: string): Promise<Result<null>> {
  if (type !== 'Patient' || !actsForAnother(grant.caller)) return ok(null);
  const found = await context.store.read(grant, type, id, 'd');
  return found.ok ? forbidden('Who acts for somebody does not delete who they are') : ok(null);
}
