import type { Projection } from '../../fhir/access.ts';
import { members } from '../../fhir/json.ts';

/** What every resource shows that is shown at all. */
const always: readonly string[] = ['resourceType', 'id', 'meta'];

const subsetted = '{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationValue","code":"SUBSETTED"}';

/** A Meta with the tag that warns of an incomplete resource. https://hl7.org/fhir/R4/valueset-resource-security-category.html */
function tagged(meta: string): string {
  let tags = '';
  const others: string[] = [];
  for (const { name, key, value, end } of members(meta, 0)) {
    if (name === 'tag') tags = `,${meta.slice(value + 1, end - 1)}`;
    else others.push(meta.slice(key, end));
  }
  return `{${[...others, `"tag":[${subsetted}${tags}]`]}}`;
}

/**
 * The JSON text of a resource with those of its own elements that `keep` lets stay, changed or not; what stays is as it was
 * written, decimals too. Where something was left out it says so.
 *
 * @param keep name of an element and its JSON text → the text to show, or null
 */
export function shownText(content: string, keep: (name: string, value: string) => string | null): string {
  let whole = true;
  let meta = '{}';
  const parts: string[] = [];
  for (const { name, key, value, end } of members(content, 0)) {
    const text = content.slice(value, end);
    const left = always.includes(name) ? text : keep(name, text);
    if (left !== text) whole = false;
    if (name === 'meta') meta = text;
    else if (left !== null) parts.push(content.slice(key, value) + left);
  }
  if (whole) return content;
  // After resourceType and id, where a reader looks for it.
  parts.splice(2, 0, `"meta":${tagged(meta)}`);
  return `{${parts}}`;
}

/** `valueQuantity` → `value-quantity`, `birthDate` → `birthdate`: as search parameters are called that look at an element. */
const codesOf = (element: string): string[] => [
  element.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
  element.toLowerCase(),
];

/**
 * An allow-list of elements of a resource. It can be searched by its id, by when it was written, and by the parameters that are
 * called as the elements that are shown.
 *
 * @param elements names of elements of the resource itself
 * @param parameters codes of more search parameters that look at no other element
 */
export function elementsOnly(
  name: string,
  elements: readonly string[],
  parameters: readonly string[] = [],
): Projection {
  // What a primitive carries beside its value: id and extensions.
  const shown = new Set(elements.flatMap((one) => [one, `_${one}`]));
  return {
    name,
    parameters: new Set(['_id', '_lastUpdated', ...elements.flatMap(codesOf), ...parameters]),
    of: (content) => shownText(content, (element, value) => (shown.has(element) ? value : null)),
  };
}
