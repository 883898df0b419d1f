import { parseLossless, stringifyLossless } from '../fhir/lossless.ts';

const patients = /"reference":"(?:[^"]*\/)?Patient\/([A-Za-z0-9.-]{1,64})/g;

/** `Patient/x`, whichever base or version stands about it. */
const patientForm = /(?:^|\/)Patient\/([A-Za-z0-9.-]{1,64})(?:$|\/)/;

/**
 * The text of a resource without who else is in it: a visit of two patients, or a parent who has a record here too. A reference
 * to another patient becomes a word, for its display would be a name.
 */
export function withoutOthers(content: string, patient: string): string {
  const others = [...content.matchAll(patients)].some(([, id]) => id !== patient);
  return others ? stringifyLossless(replaced(parseLossless(content), patient)) : content;
}

function replaced(value: unknown, patient: string): unknown {
  if (Array.isArray(value)) return value.map((one) => replaced(one, patient));
  if (typeof value !== 'object' || value === null || JSON.isRawJSON(value)) return value;
  const { reference } = value as { reference?: unknown };
  const other = typeof reference === 'string' ? patientForm.exec(reference)?.[1] : undefined;
  if (other !== undefined && other !== patient) return { display: 'Another person' };
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, replaced(one, patient)]));
}
