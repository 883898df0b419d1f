import type { ElementDefinition, StructureDefinition } from '@medplum/fhirtypes';

import { compileInvariants, type Engine, type Invariants, type Locals } from './compile-invariants.ts';
import type { ElementDef, Elements } from './definitions.ts';
import { createCompiler } from './fhirpath-compile.ts';

/** What the validator is compiled from. */
export type ValidatorInput = {
  /** Of R4: resources and data types, with snapshots. */
  structures: readonly StructureDefinition[];
  elements: Elements;
  primitives: ReadonlySet<string>;
  types: readonly string[];
  /** The codes of a value set as `code` or `system|code`; null where they cannot be enumerated. */
  codes(valueSet: string, form: 'code' | 'system|code'): readonly string[] | null;
};

/** `source` is the body of a function of one parameter, the run time of src/fhir/validate/runtime.ts. */
export type CompiledValidator = { source: string; engine: Engine[] };

const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const functionOf = (path: string): string => `v_${path.replaceAll('.', '_')}`;
const q = (text: string): string => JSON.stringify(text);

/** Names for what many functions share: sets of codes and of types, lists of a type. */
type Shared = {
  declare(kind: 'S' | 'T' | 'L', key: string, source: (name: string) => string): string;
  declarations: string[];
};

function createShared(): Shared {
  const names = new Map<string, string>();
  const declarations: string[] = [];
  return {
    declarations,
    declare(kind, key, source) {
      const known = names.get(kind + key);
      if (known !== undefined) return known;
      const name = `${kind}${names.size}`;
      names.set(kind + key, name);
      declarations.push(source(name));
      return name;
    },
  };
}

/** A function that checks a list of one type, so that the call inside is always of the same function. */
const listOf = (shared: Shared, checker: string): string =>
  shared.declare(
    'L',
    checker,
    (name) => `function ${name}(x,C,d,k){if(!Array.isArray(x)||x.length===0)return notList(C,k,x);
for(let i=0,n=C.found.length;i<x.length;i++){${checker}(x[i],C,d);if(C.found.length!==n){prefix(C,n,k+"["+i+"]");n=C.found.length}}}`,
  );

const typesOf = (shared: Shared, targets: readonly string[]): string =>
  shared.declare('T', targets.join(), (name) => `const ${name}=new Set(${JSON.stringify(targets)});`);

type Member = {
  name: string;
  key: string;
  type: string;
  step: string;
  element: ElementDef;
  /** R4 asks here for a SimpleQuantity: a Quantity without comparator. */
  simple: boolean;
};

function bindingOf(input: ValidatorInput, shared: Shared, { element, type }: Member): string | null {
  const { binding } = element;
  if (binding?.strength !== 'required') return null;
  const form = input.primitives.has(type) ? 'code' : 'system|code';
  const codes = input.codes(binding.valueSet, form);
  if (codes === null) return null;
  return shared.declare('S', `${form} ${binding.valueSet}`, (name) => {
    return `const ${name}=codeSet(${q(binding.valueSet)},${JSON.stringify([...new Set(codes)])});`;
  });
}

/** The format of a code that comes from a system too large or too open to list. */
const formats: Readonly<Record<string, string>> = {
  'http://hl7.org/fhir/ValueSet/mimetypes': 'mime',
  'http://hl7.org/fhir/ValueSet/currencies': 'currency',
  'http://hl7.org/fhir/ValueSet/all-languages': 'language',
  'http://hl7.org/fhir/ValueSet/languages': 'language',
};

function primitiveCases(input: ValidatorInput, shared: Shared, member: Member, before: string, locals: Locals): string {
  const { key, type, step, element } = member;
  const set = ['code', 'string', 'uri'].includes(type) ? bindingOf(input, shared, member) : null;
  const format =
    element.binding?.strength === 'required' ? formats[element.binding.valueSet.split('|')[0] ?? ''] : undefined;
  const test = set !== null ? `${set}.has` : `p_${format ?? type}`;
  const refuse = (path: string, value: string): string =>
    set !== null ? `notCode(C,${path},${value},${set})` : `wrong(C,${path},${value},${q(format ?? type)})`;
  const keep = locals.keep(member.name, 'x');
  const keepExtension = locals.keepExtension(member.name);
  if (element.many) {
    const bound = set !== null ? `y=>${set}.has(y)` : test;
    return `case ${q(key)}:${before}${keep}primitiveList(x,o[${q(`_${key}`)}],C,${q(step)},${bound},(y,k)=>${refuse('k', 'y')});break;
case ${q(`_${key}`)}:${before}${keepExtension}extensionList(x,o[${q(key)}],C,d+1,${q(step)});break;`;
  }
  const extension =
    key === 'id' || key === 'resourceType'
      ? ''
      : `\ncase ${q(`_${key}`)}:${before}${keepExtension}primitiveExtension(x,C,d+1,${q(step)},o[${q(key)}]!==undefined);break;`;
  const narrative = type === 'xhtml' ? `else narrative(x,C,${q(step)});` : '';
  return `case ${q(key)}:${before}${keep}if(!${test}(x))${refuse(q(step), 'x')};${narrative}break;${extension}`;
}

function complexCase(input: ValidatorInput, shared: Shared, member: Member, before: string, locals: Locals): string {
  const { key, type, step, element } = member;
  const keep = locals.keep(member.name, 'x');
  const checker = type === 'Resource' ? (key === 'contained' ? 'contained' : 'entry') : functionOf(type);
  const each = (call: (item: string, step: string) => string): string =>
    element.many
      ? `if(Array.isArray(x))for(let i=0;i<x.length;i++)${call('x[i]', `${q(step)}+"["+i+"]"`)}`
      : call('x', q(step));
  let after = '';
  const set = type === 'CodeableConcept' || type === 'Coding' ? bindingOf(input, shared, member) : null;
  if (set !== null) after += each((item, at) => `${type === 'Coding' ? 'coding' : 'concept'}(${item},C,${at},${set});`);
  if (type === 'Reference' && element.targets.length > 0) {
    const targets = typesOf(shared, element.targets);
    after += each((item, at) => `target(${item},C,${at},${targets});`);
  }
  if (member.simple) after += each((item, at) => `simpleQuantity(${item},C,${at});`);
  if (element.many && element.max !== '*') after += `tooMany(C,${q(step)},x,${Number(element.max)});`;
  const check = element.many
    ? `${listOf(shared, checker)}(x,C,d+1,${q(step)});`
    : `n=C.found.length;${checker}(x,C,d+1);if(C.found.length!==n)prefix(C,n,${q(step)});`;
  return `case ${q(key)}:${before}${keep}${check}${after}break;`;
}

const isSimple = (definition: ElementDefinition | undefined, type: string): boolean =>
  (definition?.type ?? []).some(
    ({ code, profile = [] }) => code === type && profile.some((one) => one.endsWith('/SimpleQuantity')),
  );

/** Keys by their length first: a switch on texts compares them one after the other. */
function switchOf(cases: readonly string[], path: string): string {
  const byLength = new Map<number, string[]>();
  for (const one of cases.flatMap((text) => text.split(/\n(?=case ")/))) {
    const { length } = /^case "([^"]*)"/.exec(one)?.[1] ?? '';
    byLength.set(length, [...(byLength.get(length) ?? []), one]);
  }
  const otherwise = `default:unknown(C,k,${q(path)});`;
  const groups = [...byLength].map(
    ([length, list]) => `case ${length}:switch(k){${list.join('\n')}\n${otherwise}}break;`,
  );
  return `switch(k.length){${groups.join('\n')}\n${otherwise}}`;
}

/** What a type function is made of, gathered element by element. */
type Parts = { cases: string[]; required: string[]; choices: string };

function addElement(
  input: ValidatorInput,
  shared: Shared,
  path: string,
  [name, element]: [string, ElementDef],
  definition: ElementDefinition | undefined,
  { locals, ofMembers }: Invariants,
  parts: Parts,
): void {
  let before = '';
  if (element.min > 0) {
    before = `s|=${1 << parts.required.length};`;
    parts.required.push(name);
  }
  const choice = element.choice ? locals.choice(name) : null;
  if (choice !== null) parts.choices += `,${choice}=0`;
  for (const [index, declared] of element.types.entries()) {
    const type = path === 'Extension' && name === 'url' ? 'uri' : declared;
    const step = element.choice ? `${name}.ofType(${type})` : name;
    const key = element.choice ? name + capitalized(type) : name;
    const member = { name, key, type, step, element, simple: isSimple(definition, type) };
    const place = index + 1;
    const only =
      choice === null ? '' : `if(${choice}!==0&&${choice}!==${place})secondChoice(C,${q(name)},k);${choice}=${place};`;
    const make = input.primitives.has(type) ? primitiveCases : complexCase;
    const source = make(input, shared, member, before + only, locals);
    const invariants = ofMembers(name, type, step, element.many);
    parts.cases.push(source.replace('break;', () => `${invariants}break;`));
  }
}

/** The function of one type or backbone: `function v_Patient_contact(o,C,d)`. */
function typeFunction(
  input: ValidatorInput,
  shared: Shared,
  path: string,
  resource: string | null,
  definitions: ReadonlyMap<string, ElementDefinition>,
  engine: Engine[],
): string {
  const isResource = path === resource;
  const invariants = compileInvariants(createCompiler(input.elements), path, resource, definitions, engine);
  const parts: Parts = { cases: isResource ? ['case "resourceType":break;'] : [], required: [], choices: '' };
  for (const [name, element] of input.elements.get(path) ?? []) {
    const definition = definitions.get(`${path}.${name}`) ?? definitions.get(`${path}.${name}[x]`);
    if (element.max !== '0') addElement(input, shared, path, [name, element], definition, invariants, parts);
  }
  const { required } = parts;
  if (required.length > 30) throw new Error(`${path} has more required elements than an integer has bits`);
  // An element with nothing but an id is empty (ele-1), so an id does not count.
  const cases = switchOf(parts.cases, path).replace('case "id":', isResource ? 'case "id":' : 'case "id":e--;');
  const missing =
    required.length === 0
      ? ''
      : `if(s!==${2 ** required.length - 1})missing(C,s,${JSON.stringify(required)},${q(path)});`;
  const own = path === 'Extension' ? `${invariants.own}extension(o,C);` : invariants.own;
  return `function ${functionOf(path)}(o,C,d){if(typeof o!=="object"||o===null||Array.isArray(o))return notObject(C,o,${q(path)});
if(d>maxDepth)return tooDeep(C);let s=0,e=0,n=0${parts.choices}${invariants.locals.declarations()};const z=C.errors;
for(const k in o){const x=o[k];if(x===undefined)continue;e++;${cases}}
${missing}${isResource ? '' : 'if(e===0)empty(C);'}${own === '' ? '' : `if(C.errors===z){${own}}`}}`;
}

/** The source of the validator. Takes about a second. */
export function compileValidator(input: ValidatorInput): CompiledValidator {
  const shared = createShared();
  const engine: Engine[] = [];
  const functions: string[] = [];
  const served = new Set(input.types);
  for (const structure of input.structures) {
    if (structure.kind === 'primitive-type' || structure.derivation === 'constraint') continue;
    const isResource = structure.kind === 'resource';
    if (isResource && !served.has(structure.type)) continue;
    const definitions = new Map((structure.snapshot?.element ?? []).map((element) => [element.path, element]));
    for (const path of input.elements.keys()) {
      if (path !== structure.type && !path.startsWith(`${structure.type}.`)) continue;
      functions.push(typeFunction(input, shared, path, isResource ? structure.type : null, definitions, engine));
    }
  }
  const primitives = [...input.primitives, 'mime', 'language', 'currency'].map((type) => `p_${type}=p.${type}`);
  const source = `"use strict";
const {$,p,error,warning,prefix,maxDepth,notObject,notList,tooDeep,tooMany,unknown,missing,empty,secondChoice,wrong,notCode,codeSet,
primitiveList,narrative,concept,coding,target,reference,containment,simpleQuantity,resources,engine,extension}=r;
const ${primitives.join()};
const {primitiveExtension,extensionList}=r.extensions((x,C,d)=>v_Element(x,C,d));
${shared.declarations.join('\n')}
${functions.join('\n')}
const {contained,entry}=resources({${input.types.map((type) => `${type}:${functionOf(type)}`).join()}});
return entry;`;
  return { source, engine };
}
