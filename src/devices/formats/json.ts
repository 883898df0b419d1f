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

/** A path below another; an empty one is the top. */
export const below = (path: string, rest: string): string =>
  path === '' ? rest : rest.startsWith('[') ? `${path}${rest}` : `${path}.${rest}`;

export const unreadable = (path: string, why: string, code: Unreadable['code'] = 'invalid'): Unreadable => ({
  kind: 'unreadable',
  path,
  why,
  code,
});
