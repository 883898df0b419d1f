import { isResourceType } from '../resources.ts';
import type { Elements } from './definitions.ts';
import { functions } from './fhirpath-functions.ts';
import type { FhirPath } from './fhirpath-parser.ts';

/**
 * JavaScript for a collection: the value itself or undefined where there is at most one (`many` false), else an array or
 * undefined. `type` is a FHIR type, the path of a backbone, or `any` where only the data knows.
 */
export type Value = {
  js: string;
  many: boolean;
  type: string;
  /** JavaScript for "there is an element", where that is not `js !== undefined`: a primitive may have only extensions. */
  present?: string;
  /** Of a choice element: FHIR type → JavaScript for "the value has this type". */
  alternatives?: ReadonlyMap<string, string>;
};

/** JavaScript for true, false or, unless `definite`, undefined: FHIRPath's empty. */
export type Logic = { js: string; definite: boolean };

/** What an expression sees: `$this`, `%resource` and so on. `members` are elements of the focus that are at hand as variables. */
export type Scope = {
  self: Value;
  members?: { get(name: string): Value | undefined };
  resource: Value;
  rootResource: Value;
  context: Value;
};

/** The expression is outside what is compiled; whoever compiles hands it to the engine. */
export class NotCompiled extends Error {}

export type Compiler = {
  elements: Elements;
  value(tree: FhirPath, scope: Scope): Value;
  logic(tree: FhirPath, scope: Scope): Logic;
  /** JavaScript that is true where the expression is true, and false where it is false or empty. */
  isTrue(tree: FhirPath, scope: Scope): string;
  /** JavaScript that is false where the expression is false, and true where it is true or empty. */
  notFalse(tree: FhirPath, scope: Scope): string;
  member(on: Value, name: string): Value;
  /** A name no other variable of this compilation has. */
  variable(): string;
};

const quote = (text: string): string =>
  JSON.stringify(text).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const isPrimitive = (type: string): boolean => /^[a-z]/.test(type);

const constants: Readonly<Record<string, string>> = {
  ucum: 'http://unitsofmeasure.org',
  sct: 'http://snomed.info/sct',
  loinc: 'http://loinc.org',
};

/** A list where one value is needed: its one item. More than one is an error in FHIRPath, and empty here. */
export function single(value: Value): Value {
  return value.many ? { js: `$.only(${value.js})`, many: false, type: value.type } : value;
}

/** JavaScript for "there is at least one". */
export function existence(value: Value): string {
  if (value.present !== undefined) return value.present;
  return value.many ? `$.some(${value.js})` : `(${value.js}!==undefined)`;
}

function memberOf(elements: Elements, on: Value, name: string): Value {
  const element = elements.get(on.type)?.get(name);
  if (on.type === 'any' || on.type === 'Resource' || (element === undefined && elements.get(on.type) === undefined)) {
    if (isPrimitive(on.type) && on.type !== 'any' && name !== 'id' && name !== 'extension')
      return { js: 'undefined', many: false, type: 'any' };
    return { js: `$.flat(${on.many ? on.js : `$.list(${on.js})`},${quote(name)})`, many: true, type: 'any' };
  }
  if (element === undefined) throw new NotCompiled(`${on.type} has no ${name}`);
  const [first = 'any'] = element.types;
  if (element.choice) return choiceOf(on, name, element.types);
  if (on.many) return { js: `$.flat(${on.js},${quote(name)})`, many: true, type: first };
  const js = `${on.js}?.${name}`;
  const extended = isPrimitive(first) && !element.many;
  return {
    js,
    many: element.many,
    type: first,
    ...(extended ? { present: `(${js}!==undefined||${on.js}?._${name}!==undefined)` } : {}),
  };
}

function choiceOf(on: Value, name: string, types: readonly string[]): Value {
  const keys = types.map((type) => name + capitalized(type));
  if (on.many) return { js: `$.flatChoice(${on.js},${JSON.stringify(keys)})`, many: true, type: 'any' };
  const present = keys.map((key) => `${on.js}?.${key}!==undefined`);
  return {
    js: `$.choice(${on.js},${JSON.stringify(keys)})`,
    many: false,
    type: types.length === 1 ? (types[0] ?? 'any') : 'any',
    present: `$.hasChoice(${on.js},${JSON.stringify(keys.flatMap((key) => [key, `_${key}`]))})`,
    alternatives: new Map(types.map((type, index) => [type, `(${present[index]})`])),
  };
}

const numbers = new Set(['integer', 'decimal', 'positiveInt', 'unsignedInt']);
const dates = new Set(['date', 'dateTime', 'instant']);
const quantities = new Set(['Quantity', 'Age', 'Count', 'Distance', 'Duration', 'SimpleQuantity', 'Money']);

/** Which helper compares two values of these types; R4's own invariants compare nothing else. */
function comparison(left: Value, right: Value): string {
  if (numbers.has(left.type) && numbers.has(right.type)) return '$.compareNumbers';
  if (dates.has(left.type) && dates.has(right.type)) return '$.compareDates';
  if (quantities.has(left.type) && quantities.has(right.type)) return '$.compareQuantities';
  throw new NotCompiled(`${left.type} and ${right.type} are not compared`);
}

const isBoolean = (tree: FhirPath): boolean => {
  if (tree.kind === 'binary') return !['+', '-', '*', '/', '&', '|', 'div', 'mod'].includes(tree.operator);
  if (tree.kind === 'call') return functions[tree.name]?.logic !== undefined;
  return tree.kind === 'boolean' || (tree.kind === 'type' && tree.operator === 'is');
};

/** Compiles expressions against the elements of R4; see `Value` for what comes out. */
export function createCompiler(elements: Elements): Compiler {
  let variables = 0;

  const member = (on: Value, name: string): Value => memberOf(elements, on, name);

  function path(tree: Extract<FhirPath, { kind: 'member' }>, scope: Scope): Value {
    if (tree.on !== null) return member(value(tree.on, scope), tree.name);
    if (tree.name === scope.self.type) return scope.self;
    return scope.members?.get(tree.name) ?? member(scope.self, tree.name);
  }

  function constant(name: string, scope: Scope): Value {
    if (name === 'resource') return scope.resource;
    if (name === 'rootResource') return scope.rootResource;
    if (name === 'context') return scope.context;
    const text = Object.hasOwn(constants, name) ? constants[name] : undefined;
    if (text === undefined) throw new NotCompiled(`%${name}`);
    return { js: quote(text), many: false, type: 'string' };
  }

  function cast(tree: Extract<FhirPath, { kind: 'type' }>, scope: Scope): Value {
    const operand = value(tree.operand, scope);
    if (operand.type === tree.type) return operand;
    const test = operand.alternatives?.get(tree.type);
    if (test === undefined) throw new NotCompiled(`as ${tree.type}`);
    return { js: `(${test}?${operand.js}:undefined)`, many: false, type: tree.type };
  }

  function operation(tree: Extract<FhirPath, { kind: 'binary' }>, scope: Scope): Value {
    const left = value(tree.left, scope);
    const right = value(tree.right, scope);
    if (tree.operator === '|') {
      const list = ({ js, many }: Value): string => (many ? js : `$.list(${js})`);
      return {
        js: `$.union(${list(left)},${list(right)})`,
        many: true,
        type: left.type === right.type ? left.type : 'any',
      };
    }
    if (tree.operator === '&')
      return { js: `$.concatenate(${single(left).js},${single(right).js})`, many: false, type: 'string' };
    const type = numbers.has(left.type) && numbers.has(right.type) ? left.type : 'string';
    if (tree.operator === '+') return { js: `$.add(${single(left).js},${single(right).js})`, many: false, type };
    if (!['-', '*', 'div', 'mod'].includes(tree.operator) || type === 'string' || type === 'decimal')
      throw new NotCompiled(`${tree.operator} of ${type}`);
    return {
      js: `$.arithmetic(${single(left).js},${single(right).js},${quote(tree.operator)})`,
      many: false,
      type,
    };
  }

  function value(tree: FhirPath, scope: Scope): Value {
    if (isBoolean(tree)) return { js: logic(tree, scope).js, many: false, type: 'boolean' };
    switch (tree.kind) {
      case 'string':
        return { js: quote(tree.text), many: false, type: 'string' };
      case 'number':
        return { js: String(tree.value), many: false, type: tree.text.includes('.') ? 'decimal' : 'integer' };
      case 'empty':
        return { js: 'undefined', many: false, type: 'any' };
      case 'constant':
        return constant(tree.text, scope);
      case 'variable':
        if (tree.name !== '$this') throw new NotCompiled(tree.name);
        return scope.self;
      case 'member':
        return path(tree, scope);
      case 'type':
        return cast(tree, scope);
      case 'binary':
        return operation(tree, scope);
      case 'call': {
        const compile = functions[tree.name]?.value;
        if (compile === undefined) throw new NotCompiled(`${tree.name}()`);
        return compile(compiler, tree.on === null ? scope.self : value(tree.on, scope), tree.args, scope);
      }
      default:
        throw new NotCompiled(tree.kind);
    }
  }

  function equality(left: Value, right: Value): Logic {
    if (
      left.many ||
      right.many ||
      !isPrimitive(left.type) ||
      !isPrimitive(right.type) ||
      left.type === 'any' ||
      right.type === 'any'
    )
      return { js: `$.equal(${left.js},${right.js})`, definite: false };
    const definite = left.type === 'boolean' && right.type === 'boolean' && !/^[$\w.?]+$/.test(left.js + right.js);
    return { js: definite ? `(${left.js}===${right.js})` : `$.same(${left.js},${right.js})`, definite };
  }

  function membership(item: Value, list: Value): Logic {
    return { js: `$.within(${single(item).js},${list.many ? list.js : `$.list(${list.js})`})`, definite: false };
  }

  function compare(tree: Extract<FhirPath, { kind: 'binary' }>, scope: Scope): Logic {
    const left = value(tree.left, scope);
    const right = value(tree.right, scope);
    if (tree.operator === '=') return equality(left, right);
    if (tree.operator === 'in') return membership(left, right);
    if (tree.operator === 'contains') return membership(right, left);
    if (tree.operator === '!=') {
      const equal = equality(left, right);
      return { js: equal.definite ? `!${equal.js}` : `$.not(${equal.js})`, definite: equal.definite };
    }
    if (!['<', '<=', '>', '>='].includes(tree.operator) || left.many || right.many)
      throw new NotCompiled(tree.operator);
    return {
      js: `$.order(${comparison(left, right)}(${single(left).js},${single(right).js}),${quote(tree.operator)})`,
      definite: false,
    };
  }

  function connective(tree: Extract<FhirPath, { kind: 'binary' }>, scope: Scope): Logic {
    const left = logic(tree.left, scope);
    const right = logic(tree.right, scope);
    if (!left.definite || !right.definite) return { js: `$.${tree.operator}(${left.js},${right.js})`, definite: false };
    if (tree.operator === 'and') return { js: `(${left.js}&&${right.js})`, definite: true };
    if (tree.operator === 'or') return { js: `(${left.js}||${right.js})`, definite: true };
    if (tree.operator === 'xor') return { js: `(${left.js}!==${right.js})`, definite: true };
    return { js: `(!${left.js}||${right.js})`, definite: true };
  }

  function logic(tree: FhirPath, scope: Scope): Logic {
    if (tree.kind === 'boolean') return { js: String(tree.value), definite: true };
    if (tree.kind === 'binary' && ['and', 'or', 'xor', 'implies'].includes(tree.operator))
      return connective(tree, scope);
    if (tree.kind === 'binary' && isBoolean(tree)) return compare(tree, scope);
    if (tree.kind === 'type' && tree.operator === 'is') return typeTest(value(tree.operand, scope), tree.type);
    if (tree.kind === 'call') {
      const compile = functions[tree.name]?.logic;
      if (compile !== undefined) return compile(compiler, tree.on, tree.args, scope);
    }
    const one = value(tree, scope);
    if (one.type === 'boolean' && !one.many) return { js: one.js, definite: false };
    return { js: `(${existence(one)}?true:undefined)`, definite: false };
  }

  function isTrue(tree: FhirPath, scope: Scope): string {
    if (tree.kind === 'binary' && tree.operator === 'and')
      return `(${isTrue(tree.left, scope)}&&${isTrue(tree.right, scope)})`;
    if (tree.kind === 'binary' && tree.operator === 'or')
      return `(${isTrue(tree.left, scope)}||${isTrue(tree.right, scope)})`;
    if (tree.kind === 'binary' && tree.operator === 'implies')
      return `(!${notFalse(tree.left, scope)}||${isTrue(tree.right, scope)})`;
    if (tree.kind === 'call' && tree.name === 'not' && tree.on !== null) return `!${notFalse(tree.on, scope)}`;
    const { js, definite } = logic(tree, scope);
    return definite ? js : `(${js}===true)`;
  }

  function notFalse(tree: FhirPath, scope: Scope): string {
    if (tree.kind === 'binary' && tree.operator === 'and')
      return `(${notFalse(tree.left, scope)}&&${notFalse(tree.right, scope)})`;
    if (tree.kind === 'binary' && tree.operator === 'or')
      return `(${notFalse(tree.left, scope)}||${notFalse(tree.right, scope)})`;
    if (tree.kind === 'binary' && tree.operator === 'implies')
      return `(!${isTrue(tree.left, scope)}||${notFalse(tree.right, scope)})`;
    if (tree.kind === 'call' && tree.name === 'not' && tree.on !== null) return `!${isTrue(tree.on, scope)}`;
    const { js, definite } = logic(tree, scope);
    return definite ? js : `(${js}!==false)`;
  }

  const compiler: Compiler = { elements, value, logic, isTrue, notFalse, member, variable: () => `y${variables++}` };
  return compiler;
}

/** https://hl7.org/fhir/R4/datatypes.html#primitive: which primitive is a kind of which. */
const supertypes: Readonly<Record<string, string>> = {
  code: 'string',
  id: 'string',
  markdown: 'string',
  url: 'uri',
  canonical: 'uri',
  oid: 'uri',
  uuid: 'uri',
  positiveInt: 'integer',
  unsignedInt: 'integer',
};

/** `is`: of a choice by which key is there, of a resource by its resourceType. */
function typeTest(operand: Value, type: string): Logic {
  const name = type.replace(/^(?:FHIR|System)\./, '');
  const { type: known } = operand;
  if (type.startsWith('System.') && !isPrimitive(known)) throw new NotCompiled(`${known} is ${type}`);
  if (operand.alternatives === undefined && known !== 'any' && known !== 'Resource') {
    if (!isPrimitive(known) && known !== name && !isResourceType(name)) throw new NotCompiled(`${known} is ${type}`);
    if (isPrimitive(known) && !isPrimitive(name)) throw new NotCompiled(`${known} is ${type}`);
    const fits = known === name || supertypes[known] === name;
    return { js: `(${existence(operand)}?${fits}:undefined)`, definite: false };
  }
  const test =
    operand.alternatives?.get(name) ?? operand.alternatives?.get(name.charAt(0).toLowerCase() + name.slice(1));
  if (test !== undefined) return { js: `(${existence(operand)}?${test}:undefined)`, definite: false };
  if (operand.alternatives !== undefined) return { js: `(${existence(operand)}?false:undefined)`, definite: false };
  if (isResourceType(name)) return { js: `$.isResource(${single(operand).js},${quote(name)})`, definite: false };
  throw new NotCompiled(`is ${type}`);
}
