import type { Predicate } from '../../fhir/access.ts';
import type { FhirContext, Resource } from '../../fhir/context.ts';
import { compartmentTypes } from '../../fhir/definitions/compartments.ts';
import { searchParameter, searchParametersOf } from '../../fhir/definitions/search-parameters.ts';
import { typeOfNumber } from '../../fhir/resources.ts';
import { key } from '../../fhir/search/hash.ts';
import { Scan } from '../../fhir/search/scan.ts';
import { Statement } from '../../fhir/search/statement.ts';
import { systemGrant } from '../../fhir/store/system.ts';
import { authorship } from './authorship.ts';
import { namesIn, reader } from './references.ts';

/** `related`: whatever refers to it; `authored`: what says that it was made by them. */
export type Tie = 'related' | 'authored';

/**
 * The rows of one type that are tied to a resource. `where` finds them by their keys; some references have no search
 * parameter (AllergyIntolerance.encounter): `ids` are the rows that there are of these, and `whole` is all of it by the text
 * alone, which no Scan can write.
 */
export type Tied = { where: Predicate | null; ids: readonly string[]; whole: Predicate };

type Ask = { context: FhirContext; tenant: number; patient: string; name: string; tie: Tie };

/** The types whose rows may be tied. */
const typesOf = ({ context, tie }: Ask): readonly string[] => {
  const types = compartmentTypes(context.definitions, 'Patient');
  return tie === 'related' ? types : types.filter((type) => authorship.has(type));
};

function codesOf({ context, name, tie }: Ask, type: string): readonly string[] {
  const target = name.slice(0, name.indexOf('/'));
  if (tie === 'authored') {
    const codes = authorship.get(type)?.codes ?? [];
    return codes.filter((code) => searchParameter(context.definitions, type, code)?.type === 'reference');
  }
  return searchParametersOf(context.definitions, type)
    .filter((one) => one.type === 'reference' && (one.target.length === 0 || one.target.includes(target)))
    .map(({ code }) => code);
}

function saysOf({ context, tenant, name, tie }: Ask): (type: string, resource: Record<string, unknown>) => boolean {
  const base = context.settings.baseOf(tenant);
  return (type, resource) => {
    if (tie === 'related') return namesIn(resource, base).has(name);
    return authorship.get(type)?.elements.some((element) => namesIn(resource[element], base).has(name)) ?? false;
  };
}

/** Rows of the patient's record whose text mentions the name at all. */
async function mentions(ask: Ask): Promise<{ type: string; id: string; content: string }[]> {
  const { context, tenant, patient, name } = ask;
  const types = typesOf(ask);
  const grant = systemGrant(tenant, types);
  const statement = new Statement(tenant);
  const scans = types.flatMap((type) => Scan.of(grant, type, 's') ?? []);
  const id = statement.bind(patient, 'text');
  const text = statement.bind(name, 'text');
  const arms = Scan.fromEach(scans, statement, 'r').flatMap((from) => [
    `select r.type, r.id, r.content ${from} and r.patient = ${id} and strpos(r.content, ${text}) > 0`,
    `select r.type, r.id, r.content ${from} and r.patients @> array[${id}] and strpos(r.content, ${text}) > 0`,
  ]);
  const rows = await context.database.planned.query(arms.join(' union '), statement.params);
  // The select list fixes the shape of the rows.
  return rows.map(([type, found, content]) => ({
    type: typeOfNumber(type as number),
    id: found as string,
    content: content as string,
  }));
}

/**
 * The rows of a patient's record that are tied to a resource, by type.
 *
 * @param name of the resource: `Encounter/1`
 */
export async function tiedRows(ask: Ask): Promise<ReadonlyMap<string, Tied>> {
  const { context, tenant, name, tie } = ask;
  const says = saysOf(ask);
  const tied = new Map<
    string,
    { where: Predicate | null; keys: ReadonlySet<number>; ids: string[]; whole: Predicate }
  >();
  const read = reader();
  for (const type of typesOf(ask)) {
    const keys = codesOf(ask, type).map((code) => key(tenant, type, code, 'r', name));
    const holds = (content: string): boolean => says(type, read(content));
    const where = keys.length === 0 ? null : { text: `${tie} ${name}`, keys: [keys], holds };
    const whole = { text: `${tie} ${name} by its text`, keys: [], byText: true, holds };
    tied.set(type, { where, keys: new Set(keys), ids: [], whole });
  }
  for (const { type, id, content } of await mentions(ask)) {
    const found = tied.get(type);
    if (!found?.whole.holds(content)) continue;
    const { keys } = context.index(tenant, read(content) as Resource); // what is stored is one
    if (!keys.some((one) => found.keys.has(one))) found.ids.push(id);
  }
  return tied;
}
