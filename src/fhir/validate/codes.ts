import { type Check, error, shown } from './check.ts';

/** The codes of a value set that a required binding names: `code` where the system is fixed, else `system|code`. */
export type CodeSet = ReadonlySet<unknown> & { url: string };

export function codeSet(url: string, codes: readonly string[]): CodeSet {
  return Object.assign(new Set<unknown>(codes), { url });
}

const maxListed = 20;

/** The end of a sentence that says which codes are allowed. */
function allowedCodes(set: CodeSet): string {
  const codes = [...set].map((one) => String(one).replace(/^.*\|/, ''));
  const url = set.url.split('|')[0];
  if (codes.length > maxListed) return `one of the ${codes.length} codes of ${url}`;
  return `one of ${codes.join(', ')} (${url})`;
}

export function notCode(check: Check, path: string, value: unknown, set: CodeSet): void {
  error(check, 'code-invalid', path, `${shown(value)} is not ${allowedCodes(set)}`);
}

type Coding = { system?: unknown; code?: unknown; extension?: unknown };
type CodeableConcept = { coding?: unknown; extension?: unknown };

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
const keyOf = ({ system, code }: Coding): string => `${system}|${code}`;

export function coding(value: unknown, check: Check, path: string, set: CodeSet): void {
  if (!isObject(value)) return;
  const one: Coding = value;
  if (set.has(keyOf(one)) || (one.code === undefined && one.extension !== undefined)) return;
  error(check, 'code-invalid', path, `${shown(keyOf(one))} is not ${allowedCodes(set)}`);
}

/** One coding must be of the set; a concept that says in an extension why it has none is let through. */
export function concept(value: unknown, check: Check, path: string, set: CodeSet): void {
  if (!isObject(value)) return;
  const one: CodeableConcept = value;
  const codings: unknown[] = Array.isArray(one.coding) ? one.coding.filter(isObject) : [];
  if (codings.some((each) => set.has(keyOf(each as Coding)))) return; // filtered to objects above
  if (codings.length === 0 && one.extension !== undefined) return;
  const found = codings.length === 0 ? 'no coding' : codings.map((each) => shown(keyOf(each as Coding))).join(', ');
  error(check, 'code-invalid', path, `Found ${found}; one coding must be ${allowedCodes(set)}`);
}
