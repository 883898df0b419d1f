import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';

import { bodies } from './bodies.ts';
import { granola } from './granola.ts';
import type { Schema, Versions } from './parts.ts';
import { values } from './values.ts';

/** `omh:heart-rate` → versions. */
const library: Readonly<Record<string, Versions>> = { ...values, ...granola, ...bodies };

const ajv = new Ajv({ strict: false, validateSchema: false, inlineRefs: false });
// Its types are those of CommonJS, where the function is the module itself.
(formats as unknown as (to: Ajv) => void)(ajv);

/** What a version is checked by: of a minor one that is not known, the newest of its major one, which it is compatible with. */
function versionOf(versions: Versions, version: string): Schema | undefined {
  const exact = Object.hasOwn(versions, version) ? versions[version] : undefined;
  if (exact !== undefined) return exact;
  const major = version.split('.')[0] ?? '';
  const [newest] = Object.keys(versions)
    .filter((one) => one.split('.')[0] === major)
    .sort((a, b) => b.localeCompare(a, 'en', { numeric: true }));
  return newest === undefined ? undefined : versions[newest];
}

const compiled = new WeakMap<Schema, ValidateFunction>();

function validatorOf(schema: Schema): ValidateFunction {
  const known = compiled.get(schema);
  if (known !== undefined) return known;
  const made = ajv.compile(schema);
  compiled.set(schema, made);
  return made;
}

/** The error that tells most: the one deepest inside, for a choice of which no part fits says only that. */
function deepest(errors: readonly ErrorObject[]): ErrorObject | undefined {
  const depth = ({ instancePath, keyword }: ErrorObject): number =>
    instancePath.split('/').length * 2 - (keyword === 'oneOf' || keyword === 'anyOf' ? 1 : 0);
  return [...errors].sort((a, b) => depth(b) - depth(a))[0];
}

/** `/effective_time_frame/0` → `effective_time_frame[0]`. */
const pathOf = (pointer: string): string =>
  pointer
    .slice(1)
    .replaceAll(/\/(\d+)(?=\/|$)/g, '[$1]')
    .replaceAll('/', '.');

function whyOf(error: ErrorObject): string {
  const { keyword, message = 'is not as its schema asks', params } = error;
  const allowed: unknown = params.allowedValues;
  if (keyword === 'enum' && Array.isArray(allowed)) return `It must be one of: ${allowed.join(', ')}`;
  if (keyword === 'oneOf' || keyword === 'anyOf')
    return 'It must have one of the shapes of its schema, and no two of them';
  return `It ${message}`;
}

export type Found = { path: string; why: string };

/** The versions of a schema that are read, for people. */
const versionsOf = (name: string): string[] => (Object.hasOwn(library, name) ? Object.keys(library[name] ?? {}) : []);

/**
 * What is wrong with a value by its schema.
 *
 * @param name `omh:heart-rate`
 * @returns null: nothing; `unknown`: there is no such schema here; else where it is wrong, and why, without the value
 */
export function check(name: string, version: string, value: unknown): Found | null | 'unknown' {
  const versions = Object.hasOwn(library, name) ? library[name] : undefined;
  const schema = versions === undefined ? undefined : versionOf(versions, version);
  if (schema === undefined) return 'unknown';
  const valid = validatorOf(schema);
  if (valid(value)) return null;
  const error = deepest(valid.errors ?? []);
  return error === undefined
    ? { path: '', why: 'It is not as its schema asks' }
    : { path: pathOf(error.instancePath), why: whyOf(error) };
}

/** What may stand where a schema is named that is not known. */
export function allowedFor(name: string): string {
  const versions = versionsOf(name);
  if (versions.length > 0) return `versions ${versions.join(', ')} of ${name} are read`;
  return `${Object.keys(bodies).join(', ')} are read`;
}
