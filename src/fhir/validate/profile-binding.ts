import type { ProfileElement } from '../definitions/profiles.ts';
import { type Check, error, shown, warning } from './check.ts';

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * A code, Coding, CodeableConcept or Quantity against the value set a profile binds it to.
 *
 * @param set its codes, bare and as `system|code`; null where they cannot be listed, and nothing is checked
 */
export function checkBinding(
  { strength, valueSet }: NonNullable<ProfileElement['binding']>,
  set: ReadonlySet<string> | null,
  value: unknown,
  check: Check,
): void {
  if (set === null) return;
  const has = (one: unknown): boolean => isObject(one) && set.has(`${one.system}|${one.code}`);
  const codings = isObject(value) && Array.isArray(value.coding) ? value.coding : [value];
  if (typeof value === 'string' ? set.has(value) : codings.some(has)) return;
  if (
    isObject(value) &&
    !('coding' in value) &&
    !('code' in value) &&
    (strength === 'extensible' || 'extension' in value)
  )
    return;
  const found = isObject(value)
    ? codings.map((one) => (isObject(one) ? `${one.system}|${one.code}` : 'no code')).join(', ')
    : shown(value);
  if (strength === 'required')
    error(check, 'code-invalid', '', `Found ${found}, which is not in the value set ${valueSet}`);
  else warning(check, 'code-invalid', '', `Found ${found}; a code of ${valueSet} should be used where one fits`);
}
