import type { Json } from '../../../fhir/context.ts';

const within = (element: string, parts: readonly string[]): string[] => parts.map((part) => `${element}.${part}`);

const coding = ['system', 'code', 'display', 'version'];
const concept = ['text', ...within('coding', coding)];
const period = ['start', 'end'];
const identifier = ['use', 'system', 'value', ...within('type', concept), ...within('period', period)];
const humanName = ['use', 'text', 'family', 'given', 'prefix', 'suffix', ...within('period', period)];
const contact = ['system', 'value', 'use', 'rank'];
const address = ['use', 'type', 'text', 'line', 'city', 'district', 'state', 'postalCode', 'country'];
const reference = ['reference'];
const quantity = ['value', 'unit', 'system', 'code'];

/** Who somebody is: all that is stored of a child. */
const identity = [...within('identifier', identifier), 'active', ...within('name', humanName), 'gender', 'birthDate'];

/** LIST: the elements that an employer may send, by type. What is not here is not needed to enrol anybody. */
const elements: { readonly [type: string]: readonly string[] } = {
  Patient: [
    ...identity,
    ...within('telecom', contact),
    ...within('address', address),
    ...within('communication.language', concept),
    'communication.preferred',
  ],
  Coverage: [
    ...within('identifier', identifier),
    'status',
    ...within('type', concept),
    ...within('policyHolder', reference),
    ...within('subscriber', reference),
    'subscriberId',
    ...within('beneficiary', reference),
    'dependent',
    ...within('relationship', concept),
    ...within('period', period),
    ...within('payor', reference),
    ...within('class.type', concept),
    'class.value',
    'class.name',
    'order',
  ],
  RelatedPerson: [
    ...identity,
    ...within('patient', reference),
    ...within('relationship', concept),
    ...within('telecom', contact),
    ...within('address', address),
    ...within('period', period),
  ],
  Organization: ['id', 'active', 'name', 'alias', ...within('telecom', contact), ...within('address', address)],
  Observation: [
    'status',
    ...within('category', concept),
    ...within('code', concept),
    ...within('subject', reference),
    'effectiveDateTime',
    ...within('valueQuantity', quantity),
    ...within('valueCodeableConcept', concept),
    'valueString',
  ],
};

const ofMinor: ReadonlySet<string> = new Set(identity);

const lists = new Map(Object.entries(elements).map(([type, list]) => [type, new Set(list)]));

export const fedTypes: readonly string[] = Object.keys(elements);

/** What is left of a resource by a list of elements; the names of those that are not on it, as `Patient.maritalStatus`. */
export type Checked = { kept: Json; unlisted: readonly string[] };

const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A part is on the list if it, or something within it, is. */
function leftOf(value: unknown, path: string, list: ReadonlySet<string>, name: (path: string) => void): unknown {
  if (Array.isArray(value)) {
    const left = value.flatMap((one) => leftOf(one, path, list, name) ?? []);
    return left.length > 0 ? left : undefined;
  }
  if (!isJson(value)) {
    if (list.has(path)) return value;
    name(path);
    return undefined;
  }
  // Where a plain value is listed an object is something else.
  if (list.has(path) || ![...list].some((one) => one.startsWith(`${path}.`))) {
    name(path);
    return undefined;
  }
  const left = Object.entries(value).flatMap(([key, part]) => {
    const kept = leftOf(part, `${path}.${key}`, list, name);
    return kept === undefined ? [] : [[key, kept] as const];
  });
  return left.length > 0 ? Object.fromEntries(left) : undefined;
}

/** A resource as it was fed → what of it may be stored. Null for a type of which nothing may. */
export function checkElements(resource: Json, isMinor: boolean): Checked | null {
  const type = String(resource.resourceType);
  const list = isMinor && type === 'Patient' ? ofMinor : lists.get(type);
  if (!list) return null;
  const unlisted = new Set<string>();
  const kept: Json = { resourceType: type };
  for (const [key, value] of Object.entries(resource)) {
    if (key === 'resourceType') continue;
    const left = leftOf(value, key, list, (path) => unlisted.add(`${type}.${path}`));
    if (left !== undefined) kept[key] = left;
  }
  return { kept, unlisted: [...unlisted] };
}

const loinc = 'http://loinc.org';
/** What an employer may tell of somebody’s work: income, occupation, employment status. */
const work: ReadonlySet<string> = new Set([`${loinc}|63586-2`, `${loinc}|11341-5`, `${loinc}|74165-2`]);

/** Whether an Observation is about somebody’s work, and nothing else. */
export function isAboutWork({ category, code }: Json): boolean {
  // Both are lists of what may be anything yet.
  const codings = (value: unknown): Json[] =>
    isJson(value) && Array.isArray(value.coding) ? value.coding.filter(isJson) : [];
  const categories = Array.isArray(category) ? category.flatMap(codings) : [];
  const codes = codings(code);
  return (
    categories.some((one) => one.code === 'social-history') &&
    codes.length > 0 &&
    codes.every((one) => work.has(`${one.system}|${one.code}`))
  );
}
