import type { Queryable } from '../../db/database.ts';
import type { FhirContext } from '../../fhir/context.ts';
import { compartmentTypes } from '../../fhir/definitions/compartments.ts';
import { searchParametersOf } from '../../fhir/definitions/search-parameters.ts';
import { resourceTypes, typeNumber, typeOfNumber } from '../../fhir/resources.ts';
import { key } from '../../fhir/search/hash.ts';
import { numbers } from '../../fhir/store/arrays.ts';
import { literalReferences } from '../../fhir/store/referential.ts';
import { directoryTypes } from '../gate/directory.ts';
import { type Name, nameOf } from './inventory.ts';

/** Keys in one statement. */
const BATCH = 2000;

/** A row of somebody else's, or of nobody's, that refers to what is erased. */
export type Outsider = Name & { content: string; isNobodys: boolean };

/** By the type that is referred to: the types and codes of the parameters that may do so. */
function pointersTo(context: FhirContext, stored: readonly string[]): (type: string) => [from: string, code: string][] {
  const known = new Map<string, [string, string][]>();
  return (type) => {
    let found = known.get(type);
    if (found === undefined) {
      found = stored.flatMap((from) =>
        searchParametersOf(context.definitions, from)
          .filter((one) => one.type === 'reference' && (one.target.length === 0 || one.target.includes(type)))
          .map(({ code }): [string, string] => [from, code]),
      );
      known.set(type, found);
    }
    return found;
  };
}

async function storedTypes(on: Queryable, tenant: number): Promise<string[]> {
  const rows = await on.query(
    `select t from unnest($2::smallint[]) t where exists (select from resource where tenant = $1 and type = t)`,
    [tenant, resourceTypes.map(typeNumber)],
  );
  return rows.map(([type]) => typeOfNumber(type as number));
}

/** The rows that refer to some resources by one of their search parameters, and are none of them. */
export async function outsidersOf(
  context: FhirContext,
  tenant: number,
  all: readonly Name[],
  erased: ReadonlySet<string>,
): Promise<Outsider[]> {
  const { database } = context;
  const pointers = pointersTo(context, await storedTypes(database, tenant));
  const keys = new Map<string, number[]>();
  for (const one of all) {
    for (const [from, code] of pointers(one.type)) {
      const list = keys.get(from) ?? [];
      list.push(key(tenant, from, code, 'r', nameOf(one)));
      keys.set(from, list);
    }
  }
  const found = new Map<string, Outsider>();
  // Type by type, so that each key is looked for in one partition.
  for (const [type, list] of keys) {
    for (let at = 0; at < list.length; at += BATCH) {
      const rows = await database.query(
        `select id, content, patient is null and patients is null from resource
         where tenant = $1 and type = ${typeNumber(type)} and keys && $2::bigint[]`,
        [tenant, numbers(list.slice(at, at + BATCH))],
      );
      for (const [id, content, isNobodys] of rows) {
        const one = { type, id: String(id), content: String(content), isNobodys: isNobodys === true };
        if (!erased.has(nameOf(one))) found.set(nameOf(one), one);
      }
    }
  }
  // A key is a hash: what it stands for is looked for in the text.
  return [...found.values()].filter(({ content }) => recordsIn(content).some((name) => erased.has(name)));
}

const compartments = new WeakMap<object, ReadonlySet<string>>();

/** `Type/id` of what a text refers to and is in somebody's record. */
const recordsIn = (content: string): string[] => [...literalReferences(JSON.parse(content), '').keys()];

/** Lists of others, in which somebody may be the only one for now. */
const rolls: ReadonlySet<string> = new Set(['Group', 'List']);

/**
 * Whether a row is about nothing but what is erased, and goes with it: it is in nobody's record, and there is no record that it
 * refers to beside. A Provenance of an erased Observation is such a row.
 */
export function isAboutErased(
  context: FhirContext,
  { type, content, isNobodys }: Outsider,
  erased: ReadonlySet<string>,
): boolean {
  if (!isNobodys || directoryTypes.has(type) || rolls.has(type)) return false;
  let inRecords = compartments.get(context.definitions);
  if (inRecords === undefined) {
    inRecords = new Set(compartmentTypes(context.definitions, 'Patient'));
    compartments.set(context.definitions, inRecords);
  }
  const records = inRecords;
  return recordsIn(content).every((name) => erased.has(name) || !records.has(name.slice(0, name.indexOf('/'))));
}
