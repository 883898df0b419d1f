import type { Json } from '../../fhir/context.ts';
import type { Elements } from '../../fhir/definitions/definitions.ts';

/** What must not be told any more. */
export type Unnamed = {
  /** Whether a reference is to something that is erased: `Patient/1`. */
  erased(reference: string): boolean;
  /** Texts that name the patient, in lower case: a name, a number of theirs. */
  terms: readonly string[];
};

/** What stands where somebody was named. */
export const ERASED = '(erased)';

/** Lists whose element goes as a whole when what it refers to is erased: without that it says nothing. */
const members: ReadonlySet<string> = new Set([
  'Account.subject',
  'Composition.section.entry',
  'Group.member',
  'Linkage.item',
  'List.entry',
  'Patient.link',
  'Person.link',
  'Provenance.target',
  'Provenance.entity',
  'Schedule.actor',
]);

const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

const local = /(?:^|\/)([A-Z][A-Za-z]+\/[A-Za-z0-9.-]{1,64})(?:\/_history\/[A-Za-z0-9.-]+)?$/;

/** `Patient/1` of a reference, absolute or with a version as it may be. */
const targetOf = (reference: string): string => local.exec(reference)?.[1] ?? reference;

function refersToErased(value: unknown, { erased }: Unnamed): boolean {
  if (!isJson(value)) return false;
  if (typeof value.reference === 'string' && erased(targetOf(value.reference))) return true;
  return Object.values(value).some(
    (below) => isJson(below) && typeof below.reference === 'string' && refersToErased(below, { erased, terms: [] }),
  );
}

const escaped = (term: string): string => term.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Terms as whole words: a short name stands within other words, too. */
const wordsOf = (terms: readonly string[]): RegExp =>
  new RegExp(`(?<![\\p{L}\\p{N}])(?:${terms.map(escaped).join('|')})(?![\\p{L}\\p{N}])`, 'giu');

/** What is no code, no address and no date: in those a name names nobody, and a resource without them is none. */
const worded: ReadonlySet<string> = new Set(['string', 'markdown', 'xhtml']);

/** The type of an element: `CodeableConcept`; null where there is none of that name. */
function typeOf(elements: Elements, parent: string, name: string): string | null {
  const own = elements.get(parent);
  const plain = own?.get(name);
  if (plain && !plain.choice) return plain.types[0] ?? null;
  for (const [stem, { choice }] of own ?? []) {
    if (!choice || !name.startsWith(stem)) continue;
    const type = name.slice(stem.length);
    return elements.has(type) ? type : `${type.slice(0, 1).toLowerCase()}${type.slice(1)}`;
  }
  return null;
}

/**
 * A resource without what it says of who was erased: references, and texts that name them. Its narrative goes with them, for
 * it says in words what stands in elements.
 *
 * @returns null where it said nothing
 */
export function scrubbed(resource: Json, unnamed: Unnamed, elements: Elements): Json | null {
  const words = unnamed.terms.length === 0 ? null : wordsOf(unnamed.terms);
  let changed = false;

  /** @param type of the value, or null where it is not known: a text is then looked at. */
  function walk(value: unknown, path: string, type: string | null): unknown {
    if (typeof value === 'string') {
      if (words === null || (type !== null && !worded.has(type))) return value;
      const said = value.replaceAll(words, ERASED);
      if (said !== value) changed = true;
      return said;
    }
    if (Array.isArray(value)) {
      const kept = members.has(path) ? value.filter((one) => !refersToErased(one, unnamed)) : value;
      if (kept.length < value.length) changed = true;
      return kept.map((one) => walk(one, path, type));
    }
    if (!isJson(value)) return value;
    if (typeof value.reference === 'string' && unnamed.erased(targetOf(value.reference))) {
      changed = true;
      return { display: ERASED };
    }
    const parent = typeof value.resourceType === 'string' ? value.resourceType : type;
    const entries = Object.entries(value).flatMap(([name, below]): [string, unknown][] => {
      const isPointer = name === 'resourceType' || (parent === 'Reference' && name === 'reference');
      const known = isPointer ? 'uri' : name.startsWith('_') ? 'Element' : typeOf(elements, parent ?? '', name);
      const walked = walk(below, `${path}.${name}`, known);
      return Array.isArray(walked) && walked.length === 0 ? [] : [[name, walked]];
    });
    return Object.fromEntries(entries);
  }

  const { resourceType, id, meta, text, ...rest } = resource;
  // What was walked was an object.
  const walked = walk(rest, String(resourceType), String(resourceType)) as Json;
  // A narrative is looked at, too: it may name them where nothing else does.
  if (!changed && text !== undefined) walk(text, 'text', 'Narrative');
  if (!changed) return null;
  return { resourceType, ...(id === undefined ? {} : { id }), ...(meta === undefined ? {} : { meta }), ...walked };
}

/** Shortest texts that are looked for: shorter ones stand in other words. */
const SHORTEST = 5;

/** What a Patient, or somebody related, is called and known by, in lower case: each whole, as it stands in texts. */
export function termsOf(person: Json): string[] {
  const listOf = (name: string): Json[] => (Array.isArray(person[name]) ? person[name].filter(isJson) : []);
  const texts = (one: Json, ...names: string[]): string[] =>
    names.flatMap((name) => (typeof one[name] === 'string' ? [one[name]] : []));
  const names = listOf('name').flatMap((name) => {
    const given = Array.isArray(name.given) ? name.given.filter((one) => typeof one === 'string') : [];
    const [family] = texts(name, 'family');
    const [first] = given;
    const whole = [first, family].every((one) => one !== undefined)
      ? [`${first} ${family}`, `${family}, ${first}`]
      : [];
    const full = given.length > 1 && family !== undefined ? [`${given.join(' ')} ${family}`] : [];
    return [...texts(name, 'text'), ...whole, ...full];
  });
  const others = [
    ...listOf('identifier').flatMap((one) => texts(one, 'value')),
    ...listOf('telecom').flatMap((one) => texts(one, 'value')),
    ...listOf('address').flatMap((one) => [
      ...texts(one, 'text'),
      ...(Array.isArray(one.line) ? one.line.filter((line) => typeof line === 'string') : []),
    ]),
  ];
  const terms = [...names, ...others].map((term) => term.trim().toLowerCase());
  // The longest first, so that of a name nothing is left over.
  return [...new Set(terms.filter((term) => term.length >= SHORTEST))].sort((a, b) => b.length - a.length);
}
