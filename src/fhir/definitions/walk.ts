import type { Definitions } from './definitions.ts';
import { NotCompiled } from './fhirpath-compile.ts';
import type { FhirPath } from './fhirpath-parser.ts';

/** JavaScript for one value that is there, its FHIR type or the path of its backbone, and what a code is bound to. */
export type Place = { js: string; type: string; valueSet?: string };

/** Makes the JavaScript that runs once for each value of an expression, in the order of the resource. */
export type Visit = (place: Place) => string;

export type Walker = {
  definitions: Definitions;
  /** The whole resource: `%resource`, and where contained resources are looked up. */
  root: Place;
  /** What the expression starts from; a resource type in the expression means it only when it is the root. */
  from: Place;
  /** A name no other variable of this function has. */
  variable(): string;
  /** JavaScript for an element of the root, where it is read once for all expressions. */
  read?(name: string): string;
};

const quote = (text: string): string =>
  JSON.stringify(text).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const plainType = (type: string): string => type.replace(/^(?:FHIR|System)\./, '');

/** `DateTime`, as one base expression writes it, is dateTime. */
const sameType = (type: string, wanted: string): boolean =>
  type === wanted || (type.toLowerCase() === wanted.toLowerCase() && type !== 'Resource');

function typeNameOf(tree: FhirPath | undefined): string {
  if (tree?.kind !== 'member') throw new NotCompiled('not the name of a type');
  return tree.on === null ? tree.name : `${typeNameOf(tree.on)}.${tree.name}`;
}

/**
 * JavaScript that walks a resource and visits every value of a FHIRPath expression. Unlike the validator's compiler it makes no
 * collections: each step is a loop or a test around the next, so that the visitor knows the FHIR type when it is compiled.
 * Values that only have extensions are not visited.
 *
 * @throws NotCompiled where the expression needs an engine
 */
export function walk(tree: FhirPath, walker: Walker, visit: Visit): string {
  switch (tree.kind) {
    case 'member':
      return tree.on === null
        ? start(tree.name, walker, visit)
        : walk(tree.on, walker, (place) => member(place, tree.name, walker, visit));
    case 'variable':
      if (tree.name !== '$this') throw new NotCompiled(tree.name);
      return visit(walker.from);
    case 'constant':
      if (tree.text !== 'resource' && tree.text !== 'context') throw new NotCompiled(`%${tree.text}`);
      return visit(walker.root);
    case 'binary':
      if (tree.operator === '|') return walk(tree.left, walker, visit) + walk(tree.right, walker, visit);
      return visitTruth(tree, walker, visit);
    case 'type':
      if (tree.operator === 'is') return visitTruth(tree, walker, visit);
      return walk(tree.operand, walker, (place) => ofType(place, tree.type, visit));
    case 'index': {
      if (tree.index.kind !== 'number') throw new NotCompiled('a computed index');
      const at = walker.variable();
      const wanted = tree.index.value;
      return `let ${at}=0;${walk(tree.on, walker, (place) => `if(${at}++===${wanted}){${visit(place)}}`)}`;
    }
    case 'call':
      return call(tree, walker, visit);
    case 'string':
      return visit({ js: quote(tree.text), type: 'string' });
    case 'boolean':
      return visit({ js: String(tree.value), type: 'boolean' });
    case 'empty':
      return '';
    default:
      throw new NotCompiled(tree.kind);
  }
}

/** The first name of an expression: the type of the resource, or an element of what it starts from. */
function start(name: string, walker: Walker, visit: Visit): string {
  const { definitions, from, root } = walker;
  if (from === root) {
    if (name === from.type || name === 'Resource' || name === 'DomainResource') return visit(from);
    if (definitions.elements.get(name) && /^[A-Z]/.test(name)) return '';
  }
  return member(from, name, walker, visit);
}

function member(place: Place, name: string, walker: Walker, visit: Visit): string {
  const { definitions, root, read } = walker;
  const at = (key: string): string => (read && place === root ? read(key) : `${place.js}.${key}`);
  if (definitions.primitives.has(place.type)) {
    if (name === 'value') return visit(place);
    throw new NotCompiled(`${name} of a primitive`);
  }
  const elements = definitions.elements.get(place.type);
  const element = elements?.get(name);
  if (!element) {
    const choice = [...(elements ?? [])].find(
      ([base, { choice, types }]) => choice && types.some((type) => base + capitalized(type) === name),
    );
    // Packages write valueDateTime where FHIRPath has value.ofType(dateTime), and mean it.
    if (choice)
      return member(place, choice[0], walker, (value) =>
        choice[0] + capitalized(value.type) === name ? visit(value) : '',
      );
    throw new NotCompiled(`${place.type} has no ${name}`);
  }
  const { choice: isChoice, many, types, binding } = element;
  if (!isChoice) return values(at(name), types[0] ?? '', many, walker, visit, binding?.valueSet);
  let code = '';
  let known = false;
  for (const type of types) {
    try {
      code += values(at(name + capitalized(type)), type, false, walker, visit);
      known = true;
    } catch (error) {
      // value.code of a value[x] with fifty types: those without a code have none.
      if (!(error instanceof NotCompiled)) throw error;
    }
  }
  if (!known) throw new NotCompiled(`no type of ${place.type}.${name} goes on`);
  return code;
}

function values(
  js: string,
  type: string,
  many: boolean,
  { variable }: Walker,
  visit: Visit,
  valueSet?: string,
): string {
  const value = variable();
  const inner = visit({ js: value, type, valueSet });
  if (inner === '') return '';
  if (!many) return `{const ${value}=${js};if(${value}!=null){${inner}}}`;
  const list = variable();
  const at = variable();
  const each = `const ${value}=${list}[${at}];if(${value}!=null){${inner}}`;
  return `{const ${list}=${js};if(${list}!=null)for(let ${at}=0;${at}<${list}.length;${at}++){${each}}}`;
}

function ofType(place: Place, name: string, visit: Visit): string {
  const type = plainType(name);
  if (place.type === 'Resource')
    return `if(${place.js}.resourceType===${quote(type)}){${visit({ js: place.js, type })}}`;
  return sameType(place.type, type) ? visit(place) : '';
}

type Call = Extract<FhirPath, { kind: 'call' }>;

function call(tree: Call, walker: Walker, visit: Visit): string {
  const on = (then: Visit): string => (tree.on === null ? then(walker.from) : walk(tree.on, walker, then));
  const [argument] = tree.args;
  switch (tree.name) {
    case 'as':
    case 'ofType': {
      const type = typeNameOf(argument);
      return on((place) => ofType(place, type, visit));
    }
    case 'where': {
      if (!argument) throw new NotCompiled('where without a criterion');
      return on((place) => {
        const { before, js } = truth(argument, { ...walker, from: place });
        return `${before}if(${js}===true){${visit(place)}}`;
      });
    }
    case 'extension': {
      if (argument?.kind !== 'string') throw new NotCompiled('a computed extension');
      const url = quote(argument.text);
      return on((place) =>
        member(place, 'extension', walker, (extension) => `if(${extension.js}.url===${url}){${visit(extension)}}`),
      );
    }
    case 'first': {
      const found = walker.variable();
      return `let ${found}=false;${on((place) => `if(!${found}){${found}=true;${visit(place)}}`)}`;
    }
    case 'exists':
    case 'empty':
    case 'not':
      return visitTruth(tree, walker, visit);
    default:
      throw new NotCompiled(`${tree.name}()`);
  }
}

function visitTruth(tree: FhirPath, walker: Walker, visit: Visit): string {
  const { before, js } = truth(tree, walker);
  const found = walker.variable();
  return `${before}const ${found}=${js};if(${found}!==undefined){${visit({ js: found, type: 'boolean' })}}`;
}

/** Statements, and after them an expression that is true, false or, for FHIRPath's empty, undefined. */
type Truth = { before: string; js: string };

function truth(tree: FhirPath, walker: Walker): Truth {
  switch (tree.kind) {
    case 'boolean':
      return { before: '', js: String(tree.value) };
    case 'binary': {
      if (tree.operator === 'and' || tree.operator === 'or') {
        const left = truth(tree.left, walker);
        const right = truth(tree.right, walker);
        return { before: left.before + right.before, js: `$.${tree.operator}(${left.js},${right.js})` };
      }
      if (tree.operator !== '=' && tree.operator !== '!=') throw new NotCompiled(tree.operator);
      const simple = comparison(tree.left, tree.right, tree.operator, walker);
      if (simple !== null) return { before: '', js: simple };
      const left = collect(tree.left, walker);
      const right = collect(tree.right, walker);
      const equal = `$.equal(${left.js},${right.js})`;
      return { before: left.before + right.before, js: tree.operator === '=' ? equal : `$.not(${equal})` };
    }
    case 'type':
      if (tree.operator === 'is') return isType(tree.operand, tree.type, walker);
      throw new NotCompiled('as, as a criterion');
    case 'call':
      return truthOfCall(tree, walker);
    case 'member': {
      const found = collect(tree, walker);
      return { before: found.before, js: `$.single(${found.js})` };
    }
    default:
      throw new NotCompiled(`${tree.kind} as a criterion`);
  }
}

/** `system = 'phone'` without collections; null where either side is more than that. */
function comparison(
  left: FhirPath,
  right: FhirPath,
  operator: '=' | '!=',
  { definitions, from, root }: Walker,
): string | null {
  if (left.kind !== 'member' || left.on !== null || right.kind !== 'string' || from === root) return null;
  const element = definitions.elements.get(from.type)?.get(left.name);
  if (!element || element.many || element.choice) return null;
  const value = `${from.js}.${left.name}`;
  return `(${value}==null?undefined:${value}${operator === '=' ? '===' : '!=='}${quote(right.text)})`;
}

function truthOfCall(tree: Call, walker: Walker): Truth {
  const [argument] = tree.args;
  switch (tree.name) {
    case 'exists':
    case 'empty': {
      const on: FhirPath | null = argument ? { kind: 'call', on: tree.on, name: 'where', args: [argument] } : tree.on;
      const exists = tree.name === 'exists';
      const found = walker.variable();
      const visited = on === null ? `${found}=${exists};` : walk(on, walker, () => `${found}=${exists};`);
      return { before: `let ${found}=${!exists};${visited}`, js: found };
    }
    case 'not': {
      if (tree.on === null) throw new NotCompiled('not of nothing');
      const { before, js } = truth(tree.on, walker);
      return { before, js: `$.not(${js})` };
    }
    case 'is':
      return isType(tree.on ?? { kind: 'variable', name: '$this' }, typeNameOf(argument), walker);
    default:
      throw new NotCompiled(`${tree.name}() as a criterion`);
  }
}

function isType(operand: FhirPath, name: string, walker: Walker): Truth {
  const wanted = plainType(name);
  if (operand.kind === 'call' && operand.name === 'resolve') {
    const found = walker.variable();
    const test = (place: Place) => `${found}=$.refersTo(${place.js},${quote(wanted)},${walker.root.js});`;
    const visited = operand.on === null ? test(walker.from) : walk(operand.on, walker, test);
    return { before: `let ${found};${visited}`, js: found };
  }
  const found = walker.variable();
  const is = ({ js, type }: Place): string =>
    type === 'Resource' ? `${js}.resourceType===${quote(wanted)}` : String(sameType(type, wanted));
  return { before: `let ${found};${walk(operand, walker, (place) => `${found}=${is(place)};`)}`, js: found };
}

function collect(tree: FhirPath, walker: Walker): Truth {
  if (tree.kind === 'string') return { before: '', js: `[${quote(tree.text)}]` };
  if (tree.kind === 'boolean' || tree.kind === 'number') return { before: '', js: `[${tree.value}]` };
  const found = walker.variable();
  return { before: `const ${found}=[];${walk(tree, walker, ({ js }) => `${found}.push(${js});`)}`, js: found };
}
