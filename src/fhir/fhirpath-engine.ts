import fhirpath from 'fhirpath';
import r4 from 'fhirpath/fhir-context/r4';
import { RE2JS } from 're2js';

/** One item of the collection an expression gives. */
export type FhirPathItem = {
  /** As JSON; dates and quantities as FHIRPath writes them. */
  value: unknown;
  /** `FHIR.HumanName`, `System.String`. */
  type: string;
  /** `Patient.name[0].given[1]`, where the item is an element of the resource and not computed. */
  location: string | null;
};

type Arguments = [input: unknown[], ...rest: (string | undefined)[]];

/** The one string a function is applied to; null where there is none, so that the result is empty. */
function onlyString(input: unknown[], name: string): string | null {
  if (input.length === 0) return null;
  const [value] = input;
  if (input.length > 1 || typeof value !== 'string') throw new Error(`${name} is for one string`);
  return value;
}

function regex(pattern: string, flags = ''): RE2JS {
  if (/[^im]/.test(flags)) throw new Error('the flags of a regular expression are i and m');
  const insensitive = flags.includes('i') ? RE2JS.CASE_INSENSITIVE : 0;
  const multiline = flags.includes('m') ? RE2JS.MULTILINE : 0;
  return RE2JS.compile(pattern, RE2JS.DOTALL | insensitive | multiline);
}

function matches([input, pattern, flags]: Arguments): boolean | [] {
  const text = onlyString(input, 'matches');
  return text === null || typeof pattern !== 'string' ? [] : regex(pattern, flags).matcher(text).find();
}

function matchesFull([input, pattern, flags]: Arguments): boolean | [] {
  const text = onlyString(input, 'matchesFull');
  return text === null || typeof pattern !== 'string' ? [] : regex(pattern, flags).matcher(text).matches();
}

function replaceMatches([input, pattern, substitution]: Arguments): string | [] {
  const text = onlyString(input, 'replaceMatches');
  if (text === null || typeof pattern !== 'string' || typeof substitution !== 'string') return [];
  return regex(pattern).matcher(text).replaceAll(substitution);
}

const one = { 1: ['String' as const], 2: ['String' as const, 'String' as const] };

/** Regular expressions in linear time, whatever the pattern: JavaScript's own can take exponential time. */
const linearRegex = {
  matches: { fn: (...args: Arguments) => matches(args), arity: one },
  matchesFull: { fn: (...args: Arguments) => matchesFull(args), arity: one },
  replaceMatches: { fn: (...args: Arguments) => replaceMatches(args), arity: { 2: one[2] } },
};

const options = {
  resolveInternalTypes: false as const,
  userInvocationTable: linearRegex,
  preciseMath: true,
  // trace() would write what it is given, which is of a patient, to the log.
  traceFn: () => {},
};

/** The constants that FHIR adds to FHIRPath, of those the expression names. https://hl7.org/fhir/R4/fhirpath.html#variables */
function constantsIn(expression: string): Record<string, string> {
  const constants: Record<string, string> = { sct: 'http://snomed.info/sct', loinc: 'http://loinc.org' };
  for (const [, kind, name] of expression.matchAll(/%[`'](vs|ext)-([\w-]+)[`']/g)) {
    constants[`${kind}-${name}`] = `http://hl7.org/fhir/${kind === 'vs' ? 'ValueSet' : 'StructureDefinition'}/${name}`;
  }
  return constants;
}

/** What the engine gives for an element of the resource; computed values have no such method. */
type ElementNode = { fullPropertyName?: () => string | null; parentResNode?: unknown };

/** An expression, ready to be applied; throws where it is not FHIRPath. */
export type CompiledFhirPath = (resource: unknown, variables?: Record<string, unknown>) => FhirPathItem[];

/**
 * HL7's own engine, in this thread. It can run for as long as an expression likes, so it is for expressions that came with
 * the specification; those of clients go through `startFhirPath`.
 */
export function compileFhirPath(expression: string): CompiledFhirPath {
  const compiled = fhirpath.compile(expression, r4, options);
  const constants = constantsIn(expression);
  return (resource, variables) => {
    const items: unknown[] = compiled(resource, { ...constants, ...variables });
    const types = fhirpath.types(items);
    return items.map((item, index) => {
      const node = item as ElementNode | null; // asked for below, not trusted
      const location = typeof node?.fullPropertyName === 'function' ? node.fullPropertyName() : null;
      const [value] = fhirpath.resolveInternalTypes([item]) as unknown[];
      return { value, type: types[index] ?? '', location };
    });
  };
}
