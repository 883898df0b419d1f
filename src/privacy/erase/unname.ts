import type { Queryable } from '../../db/database.ts';
import type { FhirContext, Json, Resource } from '../../fhir/context.ts';
import { parseLossless, stringifyLossless } from '../../fhir/lossless.ts';
import { typeNumber } from '../../fhir/resources.ts';
import { applyChanges } from '../../fhir/store/apply.ts';
import { numbers } from '../../fhir/store/arrays.ts';
import { draft, sealable } from '../../fhir/store/draft.ts';
import type { Name } from './inventory.ts';
import { scrubbed, type Unnamed } from './scrub.ts';

const tries = 5;

const isValid = (context: FhirContext, resource: Json): boolean =>
  !context.validate(resource).some(({ severity }) => severity === 'error' || severity === 'fatal');

/**
 * Rids somebody else's resource, and the versions that it had, of who is erased. What it says now is its next version.
 *
 * @returns `clean`: it said nothing; `unnamed`; `invalid`: without it the resource is none, and has to go
 */
export async function unname(
  context: FhirContext,
  tenant: number,
  { type, id }: Name,
  unnamed: Unnamed,
): Promise<'clean' | 'unnamed' | 'invalid'> {
  const params = [tenant, typeNumber(type), id];
  for (let attempt = 1; ; attempt++) {
    const outcome = await context.database.transaction(async (tx) => {
      const [row] = await tx.query(
        'select version, content from resource where tenant = $1 and type = $2 and id = $3 for update',
        params,
      );
      let changed = false;
      if (row) {
        const [version, content] = row;
        // What is stored is a resource.
        const stored = parseLossless(String(content)) as Json;
        const said = scrubbed(stored, unnamed, context.definitions.elements);
        if (said !== null) {
          // What broke a rule before is not the worse for it.
          if (!isValid(context, said) && isValid(context, stored)) return 'invalid';
          const text = stringifyLossless(said);
          const one = draft(
            context,
            tenant,
            { text, resource: JSON.parse(text) as Resource },
            id,
            new Date(context.now()),
          );
          const [applied] = await applyChanges(tx, [{ draft: one, expected: Number(version) }]);
          if (!applied || 'refused' in applied) return 'raced';
          changed = true;
        }
      }
      const versions = await tx.query(
        'select version, content from resource_history where tenant = $1 and type = $2 and id = $3',
        params,
      );
      for (const [version, content] of versions) {
        const said =
          content === ''
            ? null
            : scrubbed(parseLossless(String(content)) as Json, unnamed, context.definitions.elements);
        // What a deletion left behind tells by its columns whose it was.
        if (said === null) continue;
        const text = stringifyLossless(said);
        const { patient, patients, present, keys } = context.index(tenant, JSON.parse(text) as Resource);
        const kept = await versionText(tx, context, tenant, text);
        await tx.query(
          `update resource_history set content = $5, patient = $6, patients = $7::text[], present = $8::int[], keys = $9::bigint[]
           where tenant = $1 and type = $2 and id = $3 and version = $4`,
          [...params, Number(version), kept, patient, patients, numbers(present), numbers(keys)],
        );
        changed = true;
      }
      return changed ? 'unnamed' : 'clean';
    });
    if (outcome !== 'raced') return outcome;
    if (attempt === tries) throw new Error('a resource is being written by others all the time');
  }
}

/** The text of a version as it is stored: with its own version and time, and sealed where texts are. */
async function versionText(on: Queryable, context: FhirContext, tenant: number, text: string): Promise<string> {
  if (!on.seal) return text;
  const resource = JSON.parse(text) as Resource & { id: string; meta: { versionId: string; lastUpdated: string } }; // as stored
  const { versionId, lastUpdated } = resource.meta;
  const one = draft(context, tenant, { text, resource }, resource.id, new Date(lastUpdated));
  const [tail = ''] = await on.seal([sealable(one)]);
  return `${one.head}${versionId}${tail}`;
}

/** The deletions of a resource tell by their columns whose record it was in; of who is erased they do not. */
export async function unnameTombstones(
  context: FhirContext,
  tenant: number,
  { type, id }: Name,
  patient: string,
): Promise<void> {
  await context.database.query(
    `update resource_history set patients = array_remove(patients, $4), patient = nullif(patient, $4)
     where tenant = $1 and type = $2 and id = $3 and (patient = $4 or patients @> array[$4::text])`,
    [tenant, typeNumber(type), id, patient],
  );
}
