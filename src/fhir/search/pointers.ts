import type { Definitions } from '../definitions/definitions.ts';
import { searchParameter, searchParametersOf } from '../definitions/search-parameters.ts';
import { key } from './hash.ts';
import { type Pointer, parsePointer, patientColumn, pointerText } from './types/reference.ts';

/** What is needed of a row to say what it points to. */
type Pointing = { type: string; content: string; patient: string | null; keys: ReadonlySet<number> };

const references = /"reference"\s*:\s*"((?:[^"\\]|\\.){1,2000})"/g;
const addresses = /"((?:https?:|urn:)(?:[^"\\]|\\.){1,2000})"/g;

/** Every text of a resource that could be a reference: those that are, and absolute URLs, which canonicals are. */
function candidates(content: string, base: string): Map<string, Pointer> {
  const found = new Map<string, Pointer>();
  for (const pattern of [references, addresses]) {
    for (const [, text = ''] of content.matchAll(pattern)) {
      const pointer = parsePointer(text, base);
      if (pointer) found.set(pointerText(pointer), pointer);
    }
  }
  return found;
}

/**
 * Where a row points by some of its reference parameters. The text is looked through for what could be a reference, and the
 * row's keys say which parameter holds it: nothing has to be parsed.
 */
export function pointersOf(tenant: number, row: Pointing, codes: readonly string[], at: At): Pointer[] {
  const { type, patient, keys } = row;
  const found = new Map<string, Pointer>();
  const texts = candidates(row.content, at.base);
  for (const code of codes) {
    if (patient !== null && patientColumn(at.definitions, type, code) === 'itself')
      found.set(`Patient/${patient}`, { type: 'Patient', id: patient });
    for (const [text, pointer] of texts) if (keys.has(key(tenant, type, code, 'r', text))) found.set(text, pointer);
  }
  return [...found.values()];
}

type At = { definitions: Definitions; base: string };

/** The codes of a type's reference parameters; one of them where it is named, none where that is no reference. */
export function referenceCodes(definitions: Definitions, type: string, code: string): string[] {
  if (code !== '*') return searchParameter(definitions, type, code)?.type === 'reference' ? [code] : [];
  return searchParametersOf(definitions, type).flatMap((one) => (one.type === 'reference' ? [one.code] : []));
}
