import type { Issue } from '../outcome.ts';

/** One thing found, with the path from the object that is being checked; whoever called the check puts its own step before it. */
export type Found = { severity: 'error' | 'warning'; code: Issue['code']; text: string; path: string };

/** What one validation has found so far, and where it is. Counts go on after the lists are full. */
export type Check = {
  found: Found[];
  errors: number;
  warnings: number;
  /** `%resource`: the nearest resource around the element that is being checked. */
  resource: Record<string, unknown>;
  /** `%rootResource`: the same, or the resource that contains it. */
  root: Record<string, unknown>;
  /** Contained resources by id, of each list of them that something pointed into. */
  contained: Map<readonly unknown[], Map<unknown, Record<string, unknown>>> | null;
};

export const maxErrors = 50;
const maxWarnings = 20;

/** Objects within objects; the deepest real resources have about 20. */
export const maxDepth = 100;

export function createCheck(resource: Record<string, unknown>): Check {
  return { found: [], errors: 0, warnings: 0, resource, root: resource, contained: null };
}

export function error(check: Check, code: Issue['code'], path: string, text: string): void {
  if (check.errors++ < maxErrors) check.found.push({ severity: 'error', code, text, path });
}

export function warning(check: Check, code: Issue['code'], path: string, text: string): void {
  if (check.warnings++ < maxWarnings) check.found.push({ severity: 'warning', code, text, path });
}

/** Puts a step before the paths of everything found since `from`. */
export function prefix(check: Check, from: number, step: string): void {
  for (let at = from; at < check.found.length; at++) {
    const one = check.found[at];
    if (one !== undefined) one.path = one.path === '' ? step : `${step}.${one.path}`;
  }
}

/** A value as a person reads it in a sentence: JSON, cut to 60 characters. */
export function shown(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object' && value !== null)
    return Object.keys(value).length === 0 ? 'an empty object' : 'an object';
  if (typeof value === 'number' && !Number.isFinite(value)) return 'a number that is too large';
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 57)}…"` : text;
}
