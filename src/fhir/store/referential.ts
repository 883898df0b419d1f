import type { Queryable } from '../../db/database.ts';
import { admits, allows, type GateRow, type Grant, hides, judges } from '../access.ts';
import type { FhirContext, Resource } from '../context.ts';
import { searchParametersOf } from '../definitions/search-parameters.ts';
import { conflict, type Issue, ok, type Result } from '../outcome.ts';
import { isResourceType, relationOf, resourceTypes, typeNumber, typeOfNumber } from '../resources.ts';
import { key } from '../search/hash.ts';
import { numbers, texts } from './arrays.ts';

/** `Type/id` of every literal reference in a value, with the FHIRPath where it stands. Contained and absolute ones are left out. */
export function literalReferences(value: unknown, path: string, into = new Map<string, string>()): Map<string, string> {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) literalReferences(item, `${path}[${index}]`, into);
    return into;
  }
  if (typeof value !== 'object' || value === null) return into;
  for (const [name, below] of Object.entries(value)) {
    const literal =
      name === 'reference' && typeof below === 'string'
        ? /^([A-Z]\w+)\/([A-Za-z0-9.-]{1,64})(?:\/_history\/\d+)?$/.exec(below)
        : null;
    if (literal?.[1] && isResourceType(literal[1])) into.set(`${literal[1]}/${literal[2]}`, `${path}.reference`);
    else literalReferences(below, `${path}.${name}`, into);
  }
  return into;
}

/** What the gate is held against, of a row r. Its text is looked at where a rule has a predicate, and nowhere else. */
const gateColumns = (grant: Grant): string =>
  `r.id, r.patient, r.patients, r.labels::float8, ${judges(grant) ? 'r.content' : "''"}`;

/** The statements of this file fix the shape of such a row. */
const gateOf = ([id, patient, patients, labels, content]: readonly unknown[]): GateRow => ({
  id: id as string,
  patient: patient as string | null,
  patients: patients as string[] | null,
  labels: labels as number,
  content: content as string,
});

/**
 * Under `enforce`: every literal reference must name a resource that is stored, or one of `coming`. To a caller from whom rows are
 * hidden, those are not stored: else a reference would tell that they are.
 *
 * @see https://hl7.org/fhir/R4/http.html#create
 */
export async function referencesHold(
  context: FhirContext,
  grant: Grant,
  resources: readonly Resource[],
  coming: ReadonlySet<string> = new Set(),
  on: Queryable = context.database,
): Promise<Result<null>> {
  if (context.settings.references === 'allow') return ok(null);
  const wanted = new Map<string, string>();
  for (const resource of resources) literalReferences(resource, resource.resourceType, wanted);
  for (const name of coming) wanted.delete(name);
  if (wanted.size === 0) return ok(null);
  const names = [...wanted.keys()];
  const rows = await on.query(
    `select r.type, ${gateColumns(grant)} from unnest($2::smallint[], string_to_array($3, chr(30))) v(type, id)
     join resource r on r.tenant = $1 and r.type = v.type and r.id = v.id
     union all
     select r.type, ${gateColumns(grant)} from unnest(string_to_array($4, chr(30))) v(id)
     join sample_observation r on r.tenant = $1 and r.id = v.id collate "C"`,
    [
      grant.tenant,
      numbers(names.map((name) => typeNumber(name.slice(0, name.indexOf('/'))))),
      texts(names.map((name) => name.slice(name.indexOf('/') + 1))),
      texts(names.filter((name) => name.startsWith('Observation/')).map((name) => name.slice('Observation/'.length))),
    ],
  );
  const narrow = hides(grant);
  for (const [number, ...gate] of rows) {
    const type = typeOfNumber(number as number);
    const row = gateOf(gate);
    if (!narrow || admits(grant, type, row, 'r')) wanted.delete(`${type}/${row.id}`);
  }
  if (wanted.size === 0) return ok(null);
  const issues = [...wanted].map(
    ([name, expression]): Issue => ({
      severity: 'error',
      code: 'not-found',
      diagnostics: `${name} is referenced but not stored here, as far as your access goes`,
      expression,
    }),
  );
  return { ok: false, status: 422, issues };
}

/** Under `enforce`: 409 while another resource still refers to this one through a search parameter. */
export async function isUnreferenced(
  context: FhirContext,
  grant: Grant,
  type: string,
  id: string,
): Promise<Result<null>> {
  if (context.settings.references === 'allow') return ok(null);
  const { tenant } = grant;
  if (hides(grant)) {
    // Of what the caller may not delete, nothing is told: the delete itself will find nothing.
    const [own] = await context.database.query(
      `select ${gateColumns(grant)} from ${relationOf(type)} r where tenant = $1 and type = $2 and id = $3`,
      [tenant, typeNumber(type), id],
    );
    if (!own || !admits(grant, type, gateOf(own), 'd')) return ok(null);
  }
  const keys = resourceTypes.flatMap((from) =>
    searchParametersOf(context.definitions, from)
      .filter((one) => one.type === 'reference' && (one.target.length === 0 || one.target.includes(type)))
      .map(({ code }) => key(tenant, from, code, 'r', `${type}/${id}`)),
  );
  const [row] = await context.database.query(
    `(select type from resource where tenant = $1 and keys && $2::bigint[] and not (type = $3 and id = $4) limit 1)
     union all (select type from series where tenant = $1 and keys && $2::bigint[] limit 1)`,
    [tenant, numbers(keys), typeNumber(type), id],
  );
  if (!row) return ok(null);
  const from = typeOfNumber(row[0] as number);
  const by = !hides(grant) && allows(grant, from, 'r') ? ` by a ${from}` : '';
  return conflict(`${type}/${id} is still referenced${by}; references are enforced here`);
}
