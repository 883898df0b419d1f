import type { FhirContext, Json, Resource } from '../../src/fhir/context.ts';
import { compartmentParameters, compartmentTypes } from '../../src/fhir/definitions/compartments.ts';
import type { Definitions } from '../../src/fhir/definitions/definitions.ts';
import { draft } from '../../src/fhir/store/draft.ts';
import { systemGrant } from '../../src/fhir/store/system.ts';

/** Elements, each with the next within it, down to the value: lists where FHIR has lists. */
function within(definitions: Definitions, type: string, names: readonly string[], value: unknown): Json {
  const [name = '', ...rest] = names;
  const element = definitions.elements.get(type)?.get(name);
  if (!element) throw new Error(`${type} has no ${name}`);
  const inner = rest.length === 0 ? value : within(definitions, element.types[0] ?? '', rest, value);
  return { [name]: element.many ? [inner] : inner };
}

/** A resource of a type that one of the parameters of the Patient compartment puts into the record of a patient. */
export function resourceInRecord(definitions: Definitions, type: string, id: string, patient: string): Resource {
  const codes = compartmentParameters(definitions, 'Patient', type);
  const parameter = definitions.searchParameters.find(({ code, base }) => base.includes(type) && codes.includes(code));
  const expression = parameter?.expression
    ?.split('|')
    .map((one) => one.trim().replace(/^\(/, ''))
    .find((one) => one.startsWith(`${type}.`));
  if (expression === undefined) throw new Error(`nothing puts a ${type} into a record`);
  const path = expression
    .replace(/\.(where|as)\(.*$/, '')
    .replace(/ as .*$/, '')
    .split('.')
    .slice(1);
  // A choice has the type in its name.
  const last = path.at(-1) ?? '';
  const reference = { reference: `Patient/${patient}` };
  const made = within(definitions, type, path, reference);
  const isChoice = path.length === 1 && definitions.elements.get(type)?.get(last)?.choice;
  const members = isChoice ? { [`${last}Reference`]: reference } : made;
  return { resourceType: type, id, ...members };
}

/** One resource of every type of the Patient compartment in the record of a patient, their own among them. */
export const recordOfEveryType = (definitions: Definitions, patient: string): Resource[] =>
  compartmentTypes(definitions, 'Patient')
    .filter((type) => type !== 'Patient')
    .map((type) => resourceInRecord(definitions, type, `${type.toLowerCase()}-${patient}`, patient));

/** So many are stored at a time. */
const AT_ONCE = 200;

/** Stores resources as they are, without the checks that somebody who sends them meets. */
export async function storeAsIs(context: FhirContext, resources: readonly Resource[], tenant = 1): Promise<void> {
  const store = async (resource: Resource): Promise<void> => {
    const parsed = { text: JSON.stringify(resource), resource };
    const one = draft(context, tenant, parsed, String(resource.id), new Date(context.now()));
    const written = await context.store.update(systemGrant(tenant, [resource.resourceType]), one, null);
    if (!written.ok) throw new Error(written.issues[0]?.diagnostics);
  };
  for (let at = 0; at < resources.length; at += AT_ONCE)
    await Promise.all(resources.slice(at, at + AT_ONCE).map(store));
}
