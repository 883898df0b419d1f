import type { Definitions } from '../../definitions/definitions.ts';
import { primary } from '../../definitions/primary.ts';
import { searchParameter } from '../../definitions/search-parameters.ts';
import type { Result } from '../../outcome.ts';
import { invalid, ok } from '../../outcome.ts';
import { isResourceType, resourceTypes } from '../../resources.ts';
import { allOf, anyOf, type Condition, keys } from '../condition.ts';
import { unescaped } from '../escape.ts';
import { branches, isSingle } from '../paths.ts';
import { keyOf, type ParameterType, type Target } from './type.ts';

/** A resource of this server, or anything else by its text. */
export type Pointer = { type: string; id: string } | { text: string };

const form = 'id, Type/id or an absolute URL';
const local = /^([A-Z]\w*)\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/[^/]*)?$/;
const bareId = /^[A-Za-z0-9\-.]{1,64}$/;

/** A reference without its version; relative where it is to this server. Null for `#fragment` and relative nonsense. */
export function parsePointer(text: string, base: string): Pointer | null {
  const path = base !== '' && text.startsWith(`${base}/`) ? text.slice(base.length + 1) : text;
  const match = local.exec(path);
  const [, type = '', id = ''] = match ?? [];
  if (match && isResourceType(type)) return { type, id };
  if (!/^[a-z][a-z0-9+.-]*:/i.test(text)) return null;
  return { text: text.replace(/\/_history\/[^/]*$/, '') };
}

export const pointerText = (pointer: Pointer): string =>
  'text' in pointer ? pointer.text : `${pointer.type}/${pointer.id}`;

/** https://hl7.org/fhir/R4/search.html#reference */
export const reference: ParameterType = {
  type: 'reference',
  form,
  condition: (target, values) => referenceCondition(target, values, null),
};

/** The types a reference parameter may point to. */
export const targetTypes = ({ parameter }: Target): readonly string[] =>
  parameter.target.length > 0 ? parameter.target : resourceTypes;

/** @param only the type that bare ids are of, where the query says so (`subject:Patient=1`) */
export function referenceCondition(target: Target, values: readonly string[], only: string | null): Result<Condition> {
  const pointers: Pointer[] = [];
  for (const value of values) {
    const found = pointersOf(target, unescaped(value), only);
    if (!found) return invalid(`${target.name} must be ${form}, not ${JSON.stringify(value)}`);
    pointers.push(...found);
  }
  return ok(pointingTo(target, pointers));
}

function pointersOf(target: Target, value: string, only: string | null): Pointer[] | null {
  if (bareId.test(value)) {
    const types = only !== null ? [only] : target.parameter.code === 'patient' ? ['Patient'] : targetTypes(target);
    return types.map((type) => ({ type, id: value }));
  }
  const pointer = parsePointer(value, target.base);
  if (!pointer) return null;
  return only !== null && 'type' in pointer && pointer.type !== only ? [] : [pointer];
}

/** Any of the pointers is a value of the parameter. */
export function pointingTo(target: Target, pointers: readonly Pointer[]): Condition {
  const column = patientColumn(target.definitions, target.type, target.parameter.code);
  const patients = pointers.flatMap((one) => ('type' in one && one.type === 'Patient' ? [one.id] : []));
  const held = (some: readonly Pointer[], selective = true): Condition =>
    keys(
      some.map((one) => keyOf(target, 'r', pointerText(one))),
      selective,
    );
  if (column === 'itself') {
    const others = pointers.filter((one) => !('type' in one && one.type === 'Patient'));
    const parts: Condition[] = patients.length > 0 ? [{ kind: 'patient', any: patients }] : [];
    return anyOf(others.length > 0 ? [...parts, held(others)] : parts);
  }
  if (column === 'implied' && patients.length === pointers.length && patients.length > 0)
    // Most rows of the patient have the key too: it has nothing to choose after the column.
    return allOf([{ kind: 'patient', any: patients }, held(pointers, false)]);
  return held(pointers);
}

const columns = new WeakMap<Definitions, Map<string, 'itself' | 'implied' | null>>();

/**
 * What column `patient` says of a reference parameter. `itself`: a local Patient that it points to is in the column and
 * has no key. `implied`: it is the element that the type's patient parameter is taken from, as `subject` is, so that a
 * Patient it points to is in the column as well.
 */
export function patientColumn(definitions: Definitions, type: string, code: string): 'itself' | 'implied' | null {
  let known = columns.get(definitions);
  if (!known) {
    known = new Map();
    columns.set(definitions, known);
  }
  const name = `${type}.${code}`;
  let found = known.get(name);
  if (found === undefined) {
    found = columnOf(definitions, type, code);
    known.set(name, found);
  }
  return found;
}

function columnOf(definitions: Definitions, type: string, code: string): 'itself' | 'implied' | null {
  const { patient, patientIsOne } = primary(type);
  if (patient === null || !patientIsOne) return null;
  if (patient === code) return 'itself';
  const parameter = searchParameter(definitions, type, code);
  const primaryParameter = searchParameter(definitions, type, patient);
  if (!parameter || !primaryParameter || !isSingle(definitions, type, parameter)) return null;
  const [element] = branches(type, parameter.expression ?? '');
  const [source, ...more] = branches(type, primaryParameter.expression ?? '');
  const same = source === element || source === `${element}.where(resolve() is Patient)`;
  return same && more.length === 0 ? 'implied' : null;
}
