import type { Interaction, Scope } from '../../fhir/access.ts';
import { isWithin } from '../scopes/narrow-scopes.ts';
import { categories, plainTypes } from '../scopes/scope-categories.ts';
import { formatScope } from '../scopes/scopes.ts';
import { readScope } from './scope.ts';

/** What may be granted in the place of a whole item. */
export type Part = { value: string; scope: Scope };

/** One box of the consent page. `value` is what is granted when it stays ticked. */
export type Item =
  | { kind: 'read'; value: string; scope: Scope; parts: readonly Part[] }
  | { kind: 'write'; value: string; scope: Scope; parts: readonly Part[] }
  | { kind: 'other'; value: string };

/** Say where the app is started and claim nothing: they are granted along with the rest. */
const told: ReadonlySet<string> = new Set(['launch', 'launch/patient', 'launch/encounter']);

const readLetters: ReadonlySet<Interaction> = new Set(['r', 's']);
const writeLetters: ReadonlySet<Interaction> = new Set(['c', 'u', 'd']);

/** Clinical scopes of the same rows are one: `patient/Observation.r` and `.s`. */
type Rows = { scope: Scope; texts: string[] };

function rowsOf(texts: readonly string[]): Rows[] {
  const found = new Map<string, Rows>();
  for (const text of texts) {
    const scope = readScope(text);
    if (!scope) continue;
    const key = `${scope.context}/${scope.type}?${scope.query}`;
    const before = found.get(key);
    const interactions = new Set([...(before?.scope.interactions ?? []), ...scope.interactions]);
    found.set(key, { scope: { ...scope, interactions }, texts: [...(before?.texts ?? []), text] });
  }
  return [...found.values()];
}

/** The part of it that only reads, or only changes; null: none. Where that is all of it, it is called as the app wrote it. */
function sideOf({ scope, texts }: Rows, letters: ReadonlySet<Interaction>): Part | null {
  const side = new Set([...scope.interactions].filter((one) => letters.has(one)));
  if (side.size === 0) return null;
  const [text] = texts;
  const isWhole = side.size === scope.interactions.size && texts.length === 1 && text !== undefined;
  const part = { ...scope, interactions: side };
  return { value: isWhole ? text : formatScope(part), scope: part };
}

const part = (scope: Scope, more: Partial<Scope>): Part => {
  const narrow = { ...scope, ...more };
  return { value: formatScope(narrow), scope: narrow };
};

const partsOfType = (scope: Scope): Part[] =>
  (categories.get(scope.type) ?? []).map(({ system, code }) => part(scope, { query: `category=${system}|${code}` }));

/** Narrower scopes: the types of a wildcard, and the categories of a type that has them. */
function partsOf(scope: Scope): Part[] {
  if (scope.query !== null) return [];
  if (scope.type !== '*') return partsOfType(scope);
  return plainTypes.flatMap((type) => {
    const whole = part(scope, { type });
    return [whole, ...partsOfType(whole.scope)];
  });
}

type Clinical = Exclude<Item, { kind: 'other' }>;

/** Whether the one grants what the other does, too; of two that grant the same the first. */
const includes = (wide: Clinical, item: Clinical, isFirst: boolean): boolean =>
  wide.kind === item.kind && isWithin(item.scope, wide.scope) && (isFirst || !isWithin(wide.scope, item.scope));

/** The boxes of a request, and what of it has none, as another box says it already: unticked it would be granted all the same. */
function boxesOf(scope: string): { boxes: Item[]; said: Clinical[] } {
  const all = wholeItems(scope);
  const isSaid = (item: Item, at: number): item is Clinical =>
    item.kind !== 'other' &&
    all.some((wide, place) => wide !== item && wide.kind !== 'other' && includes(wide, item, place < at));
  const said = all.filter(isSaid);
  return { boxes: all.filter((item) => !said.some((one) => one === item)), said };
}

/** The boxes of a request. */
export function itemsOf(scope: string): Item[] {
  const items = boxesOf(scope).boxes;
  // A box of its own says it already, and ticked from the start it must narrow nothing down.
  const own = new Set(items.map(({ value }) => value));
  return items.map((item) =>
    item.kind === 'other' ? item : { ...item, parts: item.parts.filter(({ value }) => !own.has(value)) },
  );
}

function wholeItems(scope: string): Item[] {
  const texts = scope.split(' ').filter((one) => one !== '');
  const rows = rowsOf(texts);
  const reads = rows.flatMap((one) => sideOf(one, readLetters) ?? []);
  const writes = rows.flatMap((one) => sideOf(one, writeLetters) ?? []);
  return [
    ...reads.map((side): Item => ({ kind: 'read', ...side, parts: partsOf(side.scope) })),
    // A category says what may be seen; of what may be written, only a type.
    ...writes.map(
      (side): Item => ({
        kind: 'write',
        ...side,
        parts: partsOf(side.scope).filter((one) => one.scope.query === null),
      }),
    ),
    ...texts
      .filter((text) => readScope(text) === null && !told.has(text))
      .map((value): Item => ({ kind: 'other', value })),
  ];
}

/**
 * The scope that is granted: of what was asked, what is ticked; of an item of which parts are ticked, these alone. What was
 * ticked and never asked for is not looked at.
 *
 * @returns null where nothing is left that the app could do anything with
 */
export function grantedScope(scope: string, ticked: ReadonlySet<string>): string | null {
  const { said } = boxesOf(scope);
  const granted = itemsOf(scope).flatMap((item) => {
    const parts = item.kind === 'other' ? [] : item.parts.filter(({ value }) => ticked.has(value));
    if (parts.length > 0) return parts.map(({ value }) => value);
    if (!ticked.has(item.value)) return [];
    const within = item.kind === 'other' ? [] : said.filter((one) => includes(item, one, true));
    return [item.value, ...within.map(({ value }) => value)];
  });
  if (granted.every((value) => value === 'offline_access' || value === 'online_access')) return null;
  const texts = scope.split(' ');
  const whole = new Set(granted);
  const merged = rowsOf(texts).flatMap((rows) => {
    const sides = [sideOf(rows, readLetters), sideOf(rows, writeLetters)].flatMap((side) => side?.value ?? []);
    if (sides.length === 0 || !sides.every((one) => whole.has(one))) return [];
    for (const side of sides) whole.delete(side);
    // Granted in full, it is called as the app wrote it.
    return rows.texts;
  });
  return [...texts.filter((text) => told.has(text)), ...merged, ...granted.filter((one) => whole.has(one))].join(' ');
}
