import type { Definitions, SearchParameterDef } from './definitions.ts';
import { NotCompiled } from './fhirpath-compile.ts';
import { FhirPathSyntaxError, parse } from './fhirpath-parser.ts';
import { primary, standIns } from './primary.ts';
import { searchParameterByUrl, searchParametersOf } from './search-parameters.ts';
import type { Place, Visit, Walker } from './walk.ts';
import { walk } from './walk.ts';

/** Search parameter type → FHIR type → anything: which values have an extractor (search/extract/index.ts). */
export type Extractable = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/**
 * The indexer of one resource type as text, so that it can be kept on disk. `source` is the body of a function of
 * `$` (walkRuntime), `T` (extractors) and `C` (composite) that returns `(o, x, S)`: resource, draft and slots, in the order of
 * `parameters`. `engine` lists those that are not in the source and have to be evaluated.
 */
export type CompiledIndexer = { source: string; parameters: string[]; engine: string[]; unsearched: string[] };

/** Resource.id and meta.lastUpdated are columns; these have no expression or mean the whole text. */
const elsewhere: ReadonlySet<string> = new Set(['_id', '_lastUpdated', '_text', '_content', '_query']);

type Made = {
  walker: Walker;
  extractable: Extractable;
  /** The extractors the source uses, each as a constant of its own. */
  used: Map<string, string>;
  /** Values nobody extracts, as `token of Money`. */
  unsearched: Set<string>;
  systems: ReadonlyMap<string, string>;
};

function walkerOf(definitions: Definitions, type: string): Walker {
  let variables = 0;
  const root: Place = { js: 'o', type };
  return { definitions, root, from: root, variable: () => `v${variables++}` };
}

/** The name of an extractor in the source. */
function extractor({ used }: Made, table: string, type: string): string {
  const path = `${table}[${JSON.stringify(type)}]`;
  const name = used.get(path) ?? `f${used.size}`;
  used.set(path, name);
  return name;
}

/** The system a code implies by its value set, whichever version of it. */
const systemOf = ({ systems }: Made, valueSet = ''): string | undefined => systems.get(valueSet.replace(/\|.*$/, ''));

function plainParameter(made: Made, { type, expression }: SearchParameterDef, slot: string): string {
  const table = made.extractable[type] ?? {};
  return walk(parse(expression ?? '{}'), made.walker, (place) => {
    if (!(place.type in table)) {
      made.unsearched.add(`${type} of ${place.type}`);
      return '';
    }
    const system = type === 'token' && place.type === 'code' ? systemOf(made, place.valueSet) : undefined;
    const rest = system === undefined ? '' : `,${JSON.stringify(system)}`;
    return `${extractor(made, `T.${type}`, place.type)}(x,${slot},${place.js}${rest});`;
  });
}

type Part = { type: string; each(from: Place, visit: Visit): string };

function partsOf(made: Made, { component }: SearchParameterDef): Part[] {
  return component.map(({ definition, expression }) => {
    const parameter = searchParameterByUrl(made.walker.definitions, definition);
    if (!parameter) throw new NotCompiled(`no search parameter ${definition}`);
    const tree = parse(expression);
    return { type: parameter.type, each: (from, visit) => walk(tree, { ...made.walker, from }, visit) };
  });
}

/**
 * Collects the ways to write a token or reference into a new list; the list's name and the statements. What the value is decides,
 * and not what the component's definition says: R4 has the two of DocumentReference's `relationship` the wrong way round.
 */
function formsOf(made: Made, part: Part, from: Place): { list: string; code: string } {
  const list = made.walker.variable();
  const code = part.each(from, ({ js, type, valueSet }) => {
    const table = formTypes[type];
    if (table === undefined) return '';
    const system = type === 'code' ? systemOf(made, valueSet) : undefined;
    const rest = system === undefined ? '' : `,${JSON.stringify(system)}`;
    return `${extractor(made, `C.forms.${table}`, type)}(${list},${js}${rest});`;
  });
  return { list, code: `const ${list}=[];${code}` };
}

const formTypes: Readonly<Record<string, 'token' | 'reference'>> = {
  Coding: 'token',
  CodeableConcept: 'token',
  Identifier: 'token',
  code: 'token',
  string: 'token',
  boolean: 'token',
  uri: 'token',
  Reference: 'reference',
};
const rowTypes: Readonly<Record<string, ReadonlySet<string>>> = {
  date: new Set(['date', 'dateTime', 'instant', 'Period', 'Timing']),
  quantity: new Set(['Quantity', 'Range', 'Age', 'Duration', 'Money']),
  string: new Set(['string', 'CodeableConcept']),
};

/**
 * What a composite keeps for one place of its base. The second part goes first, for it is seldom there, and then nothing is made
 * of the first.
 */
function pair(made: Made, first: Part, second: Part, place: Place, slot: string): string {
  const known = rowTypes[second.type];
  const forms = formsOf(made, first, place);
  if (!known) {
    const others = formsOf(made, second, place);
    return `{${others.code}if(${others.list}.length>0){${forms.code}C.pairs(x,${slot},${forms.list},${others.list});}}`;
  }
  return second.each(place, ({ js, type }) => {
    if (!known.has(type)) return '';
    return `{${forms.code}${extractor(made, `C.companions.${second.type}`, type)}(x,${slot},${forms.list},${js});}`;
  });
}

function numbersOf(made: Made, part: Part, from: Place): { list: string; code: string } {
  const list = made.walker.variable();
  return { list, code: `const ${list}=[];${part.each(from, ({ js }) => `${list}.push(${js});`)}` };
}

function compositeParameter(made: Made, parameter: SearchParameterDef, slot: string): string {
  const [first, second, third, ...more] = partsOf(made, parameter);
  if (!first || !second || more.length > 0) throw new NotCompiled(`${parameter.component.length} components`);
  return walk(parse(parameter.expression ?? '{}'), made.walker, (place) => {
    if (isOfColumns(made, parameter)) {
      return second.each(place, () => `{let c=false;${first.each(place, () => 'c=true;')}if(c)x.found++;}`);
    }
    if (!third) return pair(made, first, second, place, slot);
    const forms = formsOf(made, first, place);
    const low = numbersOf(made, second, place);
    const high = numbersOf(made, third, place);
    return `{${forms.code}${low.code}${high.code}C.coordinates(x,${slot},${forms.list},${low.list},${high.list});}`;
  });
}

/** Both halves are columns of the row, which answers without anything stored. */
function isOfColumns({ walker }: Made, { component, expression }: SearchParameterDef): boolean {
  const { type } = walker.root;
  const { code, quantity } = primary(type);
  const codes = component.map(({ definition }) => searchParameterByUrl(walker.definitions, definition)?.code);
  return expression === type && codes.length === 2 && codes[0] === code && codes[1] === quantity && quantity !== null;
}

/**
 * Compiles every search parameter of a type.
 *
 * @param systems value set → the one code system it draws from
 */
export function compileIndexer(
  definitions: Definitions,
  type: string,
  extractable: Extractable,
  systems: ReadonlyMap<string, string>,
): CompiledIndexer {
  const reads = new Map<string, string>();
  const read = (name: string): string => {
    const known = reads.get(name) ?? `r${reads.size}`;
    reads.set(name, known);
    return known;
  };
  const made: Made = {
    walker: { ...walkerOf(definitions, type), read },
    extractable,
    used: new Map(),
    unsearched: new Set(),
    systems,
  };
  const parameters = searchParametersOf(definitions, type).filter(({ code }) => !elsewhere.has(code));
  const engine: string[] = [];
  let body = '';
  let combined = '';
  parameters.forEach((parameter, at) => {
    const slot = `S[${at}]`;
    const others = standIns(type, parameter.code);
    if (others) {
      const found = others.map((code) => `p${parameters.findIndex((one) => one.code === code)}`);
      combined += `if(${found.join('||')})x.present.push(${slot}.id);\n`;
      return;
    }
    let code = '';
    try {
      code = (parameter.type === 'composite' ? compositeParameter : plainParameter)(made, parameter, slot);
    } catch (error) {
      if (!(error instanceof NotCompiled) && !(error instanceof FhirPathSyntaxError)) throw error;
      engine.push(parameter.code);
    }
    body += `n=x.found;${code}const p${at}=x.found!==n;if(p${at})x.present.push(${slot}.id);\n`;
  });
  const constants = [...made.used].map(([path, name]) => `${name}=${path}`);
  const declared = constants.length === 0 ? '' : `const ${constants.join(',')};\n`;
  // Most elements are in several expressions, and most are absent; to look for one costs more than anything done to it.
  const elements = [...reads].map(([name, variable]) => `const ${variable}=o.${name};`).join('');
  const source = `"use strict";\n${declared}return function(o,x,S){let n=0;${elements}\n${body}${combined}}`;
  return { source, parameters: parameters.map(({ code }) => code), engine, unsearched: [...made.unsearched] };
}

/** The values of one parameter as they are in the resource, or null where it needs an engine. */
export function compileValues(definitions: Definitions, type: string, parameter: SearchParameterDef): string | null {
  if (parameter.expression === null) return null;
  try {
    const code = walk(parse(parameter.expression), walkerOf(definitions, type), ({ js }) => `x.push(${js});`);
    return `"use strict";return function(o){const x=[];${code}return x}`;
  } catch (error) {
    if (!(error instanceof NotCompiled) && !(error instanceof FhirPathSyntaxError)) throw error;
    return null;
  }
}
