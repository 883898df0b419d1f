import type { Json } from '../context.ts';
import type { Definitions } from '../definitions/definitions.ts';
import { elements, members, type Parsed, stringEnd } from '../json.ts';

/** What a reference or URI becomes; undefined where it stays. */
export type Lookup = (text: string) => string | undefined;

/** How Reference.reference begins in a text. Within a string its quotation marks would be escaped. */
const referenceMark = '"reference":"';

const unescaped = (raw: string): string => (raw.includes('\\') ? (JSON.parse(`"${raw}"`) as string) : raw);

/** Every text of Reference.reference that stands in a text, as often as it does. */
export function* referencesIn(text: string): Generator<string> {
  for (let at = text.indexOf(referenceMark); at >= 0; ) {
    const start = at + referenceMark.length;
    const end = stringEnd(text, start - 1);
    yield unescaped(text.slice(start, end - 1));
    at = text.indexOf(referenceMark, end);
  }
}

function rewriteReferences(text: string, lookup: Lookup): string {
  let out = '';
  let from = 0;
  for (let at = text.indexOf(referenceMark); at >= 0; ) {
    const start = at + referenceMark.length;
    const end = stringEnd(text, start - 1);
    const found = lookup(unescaped(text.slice(start, end - 1)));
    if (found !== undefined) {
      out += text.slice(from, start - 1) + JSON.stringify(found);
      from = end;
    }
    at = text.indexOf(referenceMark, end);
  }
  return from === 0 ? text : out + text.slice(from);
}

/** Changes `reference` everywhere in a value, in place. */
function rewriteValue(value: object, lookup: Lookup): void {
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item === 'object' && item !== null) rewriteValue(item, lookup);
    return;
  }
  const json = value as Json; // an object that JSON.parse has made
  for (const name in json) {
    const below = json[name];
    if (typeof below === 'object' && below !== null) rewriteValue(below, lookup);
    else if (name === 'reference' && typeof below === 'string') {
      const found = lookup(below);
      if (found !== undefined) json[name] = found;
    }
  }
}

const linkTypes = new Set(['uri', 'url', 'canonical', 'oid', 'uuid']);
const links = /(<(?:a|img)\s[^>]*?(?:href|src)=\\?["'])([^"'\\]+)/g;

const narrative = (text: string, lookup: Lookup): string =>
  text.replace(links, (whole, before: string, url: string) => {
    const found = lookup(url);
    return found === undefined ? whole : before + found;
  });

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** The element that a JSON name stands for, and its type. */
function typeOf(definitions: Definitions, path: string, name: string): string | undefined {
  const all = definitions.elements.get(path);
  const element = all?.get(name);
  if (element) return element.types[0];
  for (const [base, { choice, types }] of all ?? []) {
    const type = choice && name.startsWith(base) ? types.find((one) => base + capital(one) === name) : undefined;
    if (type) return type;
  }
  return undefined;
}

/** The value at `at`, of a FHIR type, with its URIs and the links of its narrative rewritten; other text is not touched. */
function rewriteTyped(
  definitions: Definitions,
  text: string,
  at: number,
  end: number,
  type: string,
  lookup: Lookup,
): string {
  const first = text[at];
  if (first === '[') {
    return `[${elements(text, at).map((item) => rewriteTyped(definitions, text, item.start, item.end, type, lookup))}]`;
  }
  if (first === '"') {
    const raw = text.slice(at, end);
    if (type === 'xhtml') return narrative(raw, lookup);
    const found = linkTypes.has(type) ? lookup(unescaped(raw.slice(1, -1))) : undefined;
    return found === undefined ? raw : JSON.stringify(found);
  }
  if (first !== '{') return text.slice(at, end);
  const all = members(text, at);
  const own = all.find(({ name }) => name === 'resourceType');
  const path = own ? text.slice(own.value + 1, own.end - 1) : type;
  const parts = all.map((member) => {
    const below = typeOf(definitions, path, member.name);
    if (below === undefined) return text.slice(member.key, member.end);
    return (
      text.slice(member.key, member.value) + rewriteTyped(definitions, text, member.value, member.end, below, lookup)
    );
  });
  return `{${parts}}`;
}

/**
 * A resource whose links to entries of its Bundle are links to what these become: in Reference.reference, in elements of
 * type uri, url, canonical, oid and uuid, and in `<a href>` and `<img src>` of narrative. Nowhere else: an identifier that
 * happens to be equal to a fullUrl stays.
 *
 * @param marks what a link that may have to change begins with, as `urn:uuid:`; a text without any of them is left alone
 * @see https://hl7.org/fhir/R4/http.html#trules
 */
export function rewriteLinks(
  definitions: Definitions,
  parsed: Parsed,
  lookup: Lookup,
  marks: readonly string[],
): Parsed {
  let text = rewriteReferences(parsed.text, lookup);
  if (text !== parsed.text) rewriteValue(parsed.resource, lookup);
  if (!marks.some((mark) => text.includes(mark))) return { text, resource: parsed.resource };
  const typed = rewriteTyped(definitions, text, 0, text.length, parsed.resource.resourceType, lookup);
  if (typed === text) return { text, resource: parsed.resource };
  text = typed;
  return { text, resource: JSON.parse(text) };
}
