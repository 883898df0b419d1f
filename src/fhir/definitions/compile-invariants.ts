import type { ElementDefinition, ElementDefinitionConstraint } from '@medplum/fhirtypes';

import { type Compiler, NotCompiled, type Scope, type Value } from './fhirpath-compile.ts';
import { parse } from './fhirpath-parser.ts';

/** An invariant that fhirpath.js evaluates, and why it is not compiled. */
export type Engine = { key: string; path: string; expression: string; reason: string };

/** The elements of an object that its invariants look at, kept in variables while its keys are walked. */
export type Locals = {
  /** JavaScript that keeps `js` as the value of an element, or nothing where no invariant looks at it. */
  keep(name: string, js: string): string;
  keepExtension(name: string): string;
  /** The variable that says which type of a choice was found, from 1. */
  choice(name: string): string;
  declarations(): string;
};

export type Invariants = {
  locals: Locals;
  /** Statements about the object itself. */
  own: string;
  /** Statements about the value `x` of an element whose type is declared elsewhere. */
  ofMembers(name: string, type: string, step: string, many: boolean): string;
};

/** Invariants that the validator states in its own words, faster or more exactly than FHIRPath would. */
const builtIn: Readonly<Record<string, string>> = {
  'ele-1': 'objects are counted while their keys are walked',
  'dom-2': 'contained resources are told so when they are entered',
  'txt-1': 'narrative.ts',
  'txt-2': 'narrative.ts',
};
const replaced: Readonly<Record<string, { element: string; check: string }>> = {
  'dom-3': { element: 'contained', check: 'containment(o,C)' },
  'ref-1': { element: 'reference', check: 'reference($reference,C)' },
};

/** Best practice is not asked of a resource that is stored: most devices write no narrative. */
const bestPractice = (constraint: ElementDefinitionConstraint): boolean =>
  constraint.key === 'dom-6' ||
  (constraint.extension ?? []).some(
    (one) =>
      one.url === 'http://hl7.org/fhir/StructureDefinition/elementdefinition-bestpractice' && one.valueBoolean === true,
  );

const q = (text: string): string => JSON.stringify(text);

const sentence = ({ key, human }: ElementDefinitionConstraint): string => `Rule ${key} is broken: ${human ?? key}`;

function createLocals(compiler: Compiler, path: string): Locals & { members: NonNullable<Scope['members']> } {
  const kept = new Set<string>();
  const elements = compiler.elements.get(path);
  const variable = (name: string): string => `$${name}`;
  return {
    members: {
      get(name): Value | undefined {
        const element = elements?.get(name);
        if (element === undefined || element.max === '0') return undefined;
        kept.add(name);
        const [type = 'any'] = element.types;
        const js = variable(name);
        if (element.choice) {
          const alternatives = new Map(element.types.map((one, index) => [one, `(c_${name}===${index + 1})`]));
          return {
            js,
            many: false,
            type: element.types.length === 1 ? type : 'any',
            present: `(c_${name}!==0)`,
            alternatives,
          };
        }
        const extended = /^[a-z]/.test(type) ? `(${js}!==undefined||_${js}!==undefined)` : `(${js}!==undefined)`;
        return { js, many: element.many, type, present: extended };
      },
    },
    keep: (name, js) => (kept.has(name) ? `${variable(name)}=${js};` : ''),
    keepExtension: (name) => (kept.has(name) ? `_${variable(name)}=x;` : ''),
    choice: (name) => `c_${name}`,
    declarations: () => [...kept].map((name) => `,${variable(name)},_${variable(name)}`).join(''),
  };
}

/** The invariants of one type or backbone, as JavaScript over `o`, `C` and the kept variables. */
export function compileInvariants(
  compiler: Compiler,
  path: string,
  resource: string | null,
  definitions: ReadonlyMap<string, ElementDefinition>,
  engine: Engine[],
): Invariants {
  const locals = createLocals(compiler, path);
  const ofResource: Value = { js: 'C.resource', many: false, type: resource ?? 'any' };
  const ofRoot: Value = { js: 'C.root', many: false, type: 'any' };

  function statement(constraint: ElementDefinitionConstraint, self: Value, step: string, at: string): string {
    const { key = '', expression } = constraint;
    if (expression === undefined || Object.hasOwn(builtIn, key) || bestPractice(constraint)) return '';
    const own = Object.hasOwn(replaced, key) ? replaced[key] : undefined;
    if (own !== undefined) {
      const present = locals.members.get(own.element)?.js;
      return present === undefined ? '' : `if(${present}!==undefined)${own.check};`;
    }
    const report = `${constraint.severity === 'warning' ? 'warning' : 'error'}(C,"invariant",${step},${q(sentence(constraint))})`;
    const isOwn = self.js === 'o';
    const scope: Scope = {
      self,
      members: isOwn ? locals.members : undefined,
      resource: isOwn && path === resource ? self : ofResource,
      rootResource: ofRoot,
      context: self,
    };
    try {
      return `if(!${compiler.notFalse(parse(expression), scope)})${report};`;
    } catch (reason) {
      if (!(reason instanceof NotCompiled)) throw reason;
      engine.push({ key, path: at, expression, reason: reason.message });
      return `if(!engine(${self.js},C,${q(at)},${q(expression)}))${report};`;
    }
  }

  const self: Value = { js: 'o', many: false, type: path };
  const own = (definitions.get(path)?.constraint ?? []).map((one) => statement(one, self, '""', path)).join('');
  return {
    locals,
    own,
    ofMembers(name, type, step, many) {
      if (compiler.elements.has(`${path}.${name}`)) return '';
      const at = definitions.has(`${path}.${name}`) ? `${path}.${name}` : `${path}.${name}[x]`;
      const inherited = new Set(['ele-1', 'ext-1']);
      const constraints = (definitions.get(at)?.constraint ?? []).filter((one) => !inherited.has(one.key ?? ''));
      if (constraints.length === 0) return '';
      const item = many ? 'y' : 'x';
      const where = many ? `${q(step)}+"["+i+"]"` : q(step);
      const checks = constraints.map((one) => statement(one, { js: item, many: false, type }, where, at)).join('');
      if (checks === '') return '';
      const guarded = many ? `if(Array.isArray(x))for(let i=0;i<x.length;i++){const y=x[i];${checks}}` : checks;
      return `if(C.errors===z){${guarded}}`;
    },
  };
}
