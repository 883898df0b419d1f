import type { Json } from '../../fhir/context.ts';
import type { Unreadable } from '../reading.ts';

/** What was sent is of any shape: these read it without trusting it. */
export const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The objects of a list; of what is no list, none. */
export const objectsOf = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isJson) : []);

export const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

export const numberOf = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? value : null;

/** Objects and lists within each other that what was sent may have; R4's deepest real resources have about 20. */
const DEEPEST = 100;

/** Whether it is nested so deep that nothing real is, and walking through it would run out of stack. */
export function isTooDeep(value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; depth <= DEEPEST; depth++) {
    const next: unknown[] = [];
    for (const one of level)
      if (typeof one === 'object' && one !== null) for (const part of Object.values(one)) next.push(part);
    if (next.length === 0) return false;
    level = next;
  }
  return true;
}

/** A path below another; an empty one is the top. */
export const below = (path: string, rest: string): string =>
  path === '' ? rest : rest.startsWith('[') ? `${path}${rest}` : `${path}.${rest}`;

export const unreadable = (path: string, why: string, code: Unreadable['code'] = 'invalid'): Unreadable => ({
  kind: 'unreadable',
  path,
  why,
  code,
});
