import type { FormatContext, LaterFormat } from '../formats/format.ts';
import { unreadable } from '../formats/json.ts';
import type { Item } from '../reading.ts';
import type { Extractor } from './extractor.ts';
import { itemsOfExtracted } from './items.ts';
import type { Mapping } from './mapping.ts';

/** The items of a payload, by a mapping. */
export async function* itemsByMapping(
  extractor: Extractor,
  mapping: Mapping,
  payload: unknown,
  path: string,
  context: FormatContext,
): AsyncGenerator<Item> {
  const found = await extractor.extract({ mapping, payload: JSON.stringify(payload) });
  if (found.ok) yield* itemsOfExtracted(mapping, found.value, path, context);
  else yield unreadable(path, found.issues[0]?.diagnostics ?? 'The template cannot be applied', 'structure');
}

/** A template as a format: `template:acme`. */
export const templateFormat = (extractor: Extractor, name: string, mapping: Mapping): LaterFormat => ({
  name: `template:${name}`,
  description: mapping.title,
  read: (payload, path, context) => itemsByMapping(extractor, mapping, payload, path, context),
});
