import {
  type Compiler,
  existence,
  type Logic,
  NotCompiled,
  type Scope,
  single,
  type Value,
} from './fhirpath-compile.ts';
import type { FhirPath } from './fhirpath-parser.ts';

type Compile = {
  value?: (compiler: Compiler, on: Value, args: readonly FhirPath[], scope: Scope) => Value;
  logic?: (compiler: Compiler, on: FhirPath | null, args: readonly FhirPath[], scope: Scope) => Logic;
};

const list = ({ js, many }: Value): string => (many ? js : `$.list(${js})`);

const target = (compiler: Compiler, on: FhirPath | null, scope: Scope): Value =>
  on === null ? scope.self : compiler.value(on, scope);

function only(args: readonly FhirPath[]): FhirPath {
  const [first] = args;
  if (first === undefined || args.length !== 1) throw new NotCompiled('another number of arguments');
  return first;
}

/** A function of one item that decides; the item is `$this` in `criteria`. */
function predicate(compiler: Compiler, on: Value, criteria: FhirPath, scope: Scope): string {
  const item = compiler.variable();
  return `${item}=>${compiler.isTrue(criteria, { ...scope, self: { js: item, many: false, type: on.type }, members: undefined })}`;
}

function one(compiler: Compiler, tree: FhirPath, scope: Scope): Value {
  return single(compiler.value(tree, scope));
}

/** A function of a string and one literal or string argument. */
const ofText =
  (helper: string): NonNullable<Compile['logic']> =>
  (compiler, on, args, scope) => {
    const text = single(target(compiler, on, scope));
    return { js: `$.${helper}(${text.js},${one(compiler, only(args), scope).js})`, definite: false };
  };

const of = (type: string, js: string): Value => ({ js, many: false, type });

const literal = (tree: FhirPath): string => {
  if (tree.kind !== 'string') throw new NotCompiled('a pattern that is not a literal');
  return tree.text;
};

const first =
  (helper: string): NonNullable<Compile['value']> =>
  (_, on) =>
    on.many ? { js: `$.${helper}(${on.js})`, many: helper === 'tail', type: on.type } : on;

/** What is compiled of FHIRPath's functions; `$` is the run time of src/fhir/validate/fhirpath.ts. http://hl7.org/fhirpath/N1/#functions */
export const functions: Readonly<Record<string, Compile>> = {
  exists: {
    logic(compiler, on, args, scope) {
      const value = target(compiler, on, scope);
      if (args.length === 0) return { js: existence(value), definite: true };
      return { js: `$.any(${list(value)},${predicate(compiler, value, only(args), scope)})`, definite: true };
    },
  },
  empty: {
    logic: (compiler, on, _, scope) => ({ js: `!${existence(target(compiler, on, scope))}`, definite: true }),
  },
  not: {
    logic(compiler, on, _, scope) {
      if (on === null) throw new NotCompiled('not() of nothing');
      const { js, definite } = compiler.logic(on, scope);
      return { js: definite ? `!${js}` : `$.not(${js})`, definite };
    },
  },
  all: {
    logic(compiler, on, args, scope) {
      const value = target(compiler, on, scope);
      return { js: `$.all(${list(value)},${predicate(compiler, value, only(args), scope)})`, definite: true };
    },
  },
  allFalse: {
    logic: (compiler, on, _, scope) => ({ js: `$.allFalse(${list(target(compiler, on, scope))})`, definite: true }),
  },
  allTrue: {
    logic: (compiler, on, _, scope) => ({ js: `$.allTrue(${list(target(compiler, on, scope))})`, definite: true }),
  },
  isDistinct: {
    logic: (compiler, on, _, scope) => ({ js: `$.isDistinct(${list(target(compiler, on, scope))})`, definite: true }),
  },
  hasValue: {
    logic(compiler, on, _, scope) {
      const value = target(compiler, on, scope);
      if (value.many) return { js: `$.hasValue(${value.js})`, definite: true };
      return /^[a-z]/.test(value.type)
        ? { js: `(${value.js}!==undefined)`, definite: true }
        : { js: `$.isPrimitive(${value.js})`, definite: true };
    },
  },
  startsWith: { logic: ofText('startsWith') },
  endsWith: { logic: ofText('endsWith') },
  contains: { logic: ofText('includes') },
  matches: {
    logic(compiler, on, args, scope) {
      const text = single(target(compiler, on, scope));
      return { js: `$.matches(${text.js},${String(new RegExp(literal(only(args))))})`, definite: false };
    },
  },
  is: {
    logic(compiler, on, args, scope) {
      const type = only(args);
      if (type.kind !== 'member' || on === null) throw new NotCompiled('is() of an expression');
      const name = type.on?.kind === 'member' ? `${type.on.name}.${type.name}` : type.name;
      return compiler.logic({ kind: 'type', operator: 'is', operand: on, type: name }, scope);
    },
  },
  where: {
    value: (compiler, on, args, scope) => ({
      js: `$.where(${list(on)},${predicate(compiler, on, only(args), scope)})`,
      many: true,
      type: on.type,
    }),
  },
  select: {
    value(compiler, on, args, scope) {
      const item = compiler.variable();
      const self = { js: item, many: false, type: on.type };
      const projection = compiler.value(only(args), { ...scope, self, members: undefined });
      return { js: `$.select(${list(on)},${item}=>${projection.js})`, many: true, type: projection.type };
    },
  },
  ofType: {
    value(_, on, args) {
      const type = only(args);
      if (type.kind !== 'member') throw new NotCompiled('ofType() of an expression');
      if (on.type === type.name) return on;
      const test = on.alternatives?.get(type.name);
      if (test !== undefined) return { js: `(${test}?${on.js}:undefined)`, many: false, type: type.name };
      if (on.type !== 'any' || !/^[A-Z]/.test(type.name)) throw new NotCompiled(`ofType(${type.name})`);
      return { js: `$.resources(${list(on)},${JSON.stringify(type.name)})`, many: true, type: type.name };
    },
  },
  as: { value: (compiler, on, args, scope) => (functions.ofType?.value ?? notThere)(compiler, on, args, scope) },
  count: {
    value: (_, on) => ({ js: on.many ? `$.count(${on.js})` : `(${existence(on)}?1:0)`, many: false, type: 'integer' }),
  },
  first: { value: first('first') },
  last: { value: first('last') },
  tail: { value: first('tail') },
  single: { value: first('first') },
  distinct: { value: (_, on) => ({ js: `$.union(${list(on)},[])`, many: true, type: on.type }) },
  combine: {
    value(compiler, on, args, scope) {
      const other = compiler.value(only(args), scope);
      return { js: `$.combine(${list(on)},${list(other)})`, many: true, type: on.type };
    },
  },
  intersect: {
    value(compiler, on, args, scope) {
      const other = compiler.value(only(args), scope);
      return { js: `$.intersect(${list(on)},${list(other)})`, many: true, type: on.type };
    },
  },
  extension: {
    value(compiler, on, args, scope) {
      if (on.type !== 'any' && /^[a-z]/.test(on.type)) throw new NotCompiled('extension() of a primitive');
      const item = compiler.variable();
      const url = one(compiler, only(args), scope).js;
      return {
        js: `$.where($.flat(${list(on)},"extension"),${item}=>${item}.url===${url})`,
        many: true,
        type: 'Extension',
      };
    },
  },
  trace: { value: (_, on) => on },
  iif: {
    value(compiler, on, args, scope) {
      const [criteria, then, otherwise] = args;
      if (criteria === undefined || then === undefined || on.many) throw new NotCompiled('iif() of a list');
      const yes = one(compiler, then, { ...scope, self: on });
      const no =
        otherwise === undefined
          ? { js: 'undefined', type: yes.type }
          : one(compiler, otherwise, { ...scope, self: on });
      return {
        js: `(${compiler.isTrue(criteria, { ...scope, self: on })}?${yes.js}:${no.js})`,
        many: false,
        type: yes.type,
      };
    },
  },
  toInteger: { value: (_, on) => of('integer', `$.toInteger(${single(on).js})`) },
  toString: { value: (_: Compiler, on: Value) => of('string', `$.toString(${single(on).js})`) },
  length: { value: (_, on) => of('integer', `${single(on).js}?.length`) },
  substring: {
    value(compiler, on, args, scope) {
      const numbers = args.map((arg) => one(compiler, arg, scope).js);
      return of('string', `$.substring(${[single(on).js, ...numbers].join(',')})`);
    },
  },
  replaceMatches: {
    value(compiler, on, args, scope) {
      const [pattern, substitute] = args;
      if (pattern === undefined || substitute === undefined) throw new NotCompiled('replaceMatches() of one argument');
      const regex = String(new RegExp(literal(pattern), 'g'));
      return of('string', `$.replace(${single(on).js},${regex},${one(compiler, substitute, scope).js})`);
    },
  },
  children: { value: (_, on) => ({ js: `$.children(${list(on)})`, many: true, type: 'any' }) },
  descendants: { value: (_, on) => ({ js: `$.descendants(${list(on)})`, many: true, type: 'any' }) },
};

const notThere: NonNullable<Compile['value']> = () => {
  throw new NotCompiled('a function that is not there');
};
