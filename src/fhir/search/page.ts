import { type CursorOwner, openCursor, sealCursor } from '../cursor.ts';
import { notFound, ok, type Result } from '../outcome.ts';
import { typeNumber } from '../resources.ts';
import type { SortKey } from './sort.ts';
import { tiesDescend } from './sort.ts';
import type { Place } from './statement.ts';

/** The last match of a page: the texts of its sort keys, null where it has no value, and which resource it is. */
export type Position = { values: readonly (string | null)[]; type: number; id: string };

export const sealPosition = (owner: CursorOwner, { type, id, values }: Position): string =>
  sealCursor(owner, [type, id, ...values]);

/** @returns a 404, the same for a cursor that is forged, of another grant or of another query */
export function openPosition(owner: CursorOwner, cursor: string): Result<Position> {
  const opened = openCursor(owner, cursor);
  if (!opened.ok) return notFound('This page is not known. Start the search again without _cursor.');
  // What opens is what sealPosition sealed.
  const [type, id, ...values] = opened.value as [number, string, ...(string | null)[]];
  return ok({ type, id, values });
}

/** Which rows of a nullable key a part of a statement is about. */
export type Phase = 'value' | 'null';

/** ` and …`: the rows of a type that come after a position. */
export function afterText(keys: readonly SortKey[], position: Position, place: Place): string {
  const [first] = keys;
  const [value] = position.values;
  let bound = '';
  // Said once more in a form that an index can begin at.
  if (first && !first.nullable && value !== null && value !== undefined) {
    const start = place.statement.bind(value, first.cast);
    bound = ` and ${first.write(place)} ${first.descending ? '<=' : '>='} ${start}`;
  }
  return `${bound} and (${following(keys, position, 0, place)})`;
}

/** The same where the only key has a value, or has none. */
export function afterInPhase(key: SortKey, position: Position, phase: Phase, place: Place): string {
  const [value] = position.values;
  const column = key.write(place);
  if (phase === 'null') return value === null ? ` and (${tied([key], position, place)})` : '';
  if (value === null || value === undefined) return ' and false';
  const bound = place.statement.bind(value, key.cast);
  const beyond = key.descending ? '<' : '>';
  return ` and ${column} ${beyond}= ${bound} and (${column} ${beyond} ${bound} or ${tied([key], position, place)})`;
}

function following(keys: readonly SortKey[], position: Position, at: number, place: Place): string {
  const key = keys[at];
  if (!key) return tied(keys, position, place);
  const column = key.write(place);
  const rest = following(keys, position, at + 1, place);
  const value = position.values[at] ?? null;
  if (value === null) return `${column} is null and (${rest})`;
  const bound = place.statement.bind(value, key.cast);
  const missing = key.nullable ? ` or ${column} is null` : '';
  return `${column} ${key.descending ? '<' : '>'} ${bound}${missing} or ${column} = ${bound} and (${rest})`;
}

/** Equal in every key: the ids decide, and then the types. */
function tied(keys: readonly SortKey[], { id, type }: Position, { statement, row, type: own }: Place): string {
  const beyond = tiesDescend(keys) ? '<' : '>';
  return `${row}.id ${beyond}${typeNumber(own) > type ? '=' : ''} ${statement.bind(id, 'text')}`;
}
