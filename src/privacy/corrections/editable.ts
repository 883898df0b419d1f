import type { Json } from '../../fhir/context.ts';
import { invalid, ok, type Result } from '../../fhir/outcome.ts';

type Editable = {
  element: string;
  /** Whether an entry of a list is somebody's own to change; the others stay as they are. */
  isOwn?: (entry: Json) => boolean;
};

/** What of their Patient a person changes themself: how they are reached, spoken to and called. */
const editable: readonly Editable[] = [
  { element: 'telecom' },
  { element: 'address' },
  { element: 'communication' },
  { element: 'contact' },
  { element: 'maritalStatus' },
  // How somebody is called every day; the name on their papers is not theirs alone to say.
  { element: 'name', isOwn: ({ use }) => use === 'usual' || use === 'nickname' },
];

const allowed = new Map(editable.map((one) => [one.element, one]));

const isList = (value: unknown): value is Json[] => Array.isArray(value);

/** Whether a person changes these elements of their Patient themself. */
export function isSelfEditable(value: Json): boolean {
  const names = Object.keys(value).filter((name) => name !== 'resourceType' && name !== 'id');
  return names.every((name) => {
    const one = allowed.get(name);
    if (!one) return false;
    const entries = value[name];
    return one.isOwn === undefined || (isList(entries) && entries.every(one.isOwn));
  });
}

/** One step of a JSON Patch. https://www.rfc-editor.org/rfc/rfc6902 */
export type Step = { op: 'add' | 'remove'; path: string; value?: unknown };

/** Elements whose new values are given, as steps that put them into a resource; an empty list takes the element away. */
export function stepsOf(current: Json, value: Json): Step[] {
  return Object.entries(value)
    .filter(([name]) => name !== 'resourceType' && name !== 'id')
    .flatMap(([name, given]): Step[] => {
      const own = current.resourceType === 'Patient' ? allowed.get(name)?.isOwn : undefined;
      const was = current[name];
      // Where a person changes some entries, the others stay.
      const kept = own && isList(was) && isList(given) && given.every(own) ? was.filter((entry) => !own(entry)) : [];
      const next = isList(given) ? [...kept, ...given] : given;
      if (!isList(next) || next.length > 0) return [{ op: 'add', path: `/${name}`, value: next }];
      return was === undefined ? [] : [{ op: 'remove', path: `/${name}` }];
    });
}

const never: ReadonlySet<string> = new Set(['resourceType', 'id', 'meta', 'contained', 'text', 'implicitRules']);

/** What a correction asks to be changed: elements of a resource, by their names, with the values that they should have. */
export function correctedValue(given: Json | null, type: string): Result<Json | null> {
  if (given === null) return ok(null);
  if (given.resourceType !== type)
    return invalid(`value must be a ${type} with the elements that are to be corrected`, 'Parameters.parameter');
  const { resourceType: _, id: __, ...elements } = given;
  const names = Object.keys(elements);
  const wrong = names.find((name) => never.has(name.replace(/^_/, '')));
  if (wrong !== undefined) return invalid(`${type}.${wrong} is nothing that is corrected`, `${type}.${wrong}`);
  if (names.length === 0) return invalid('value has no element that is to be corrected', 'Parameters.parameter');
  return ok(elements);
}
