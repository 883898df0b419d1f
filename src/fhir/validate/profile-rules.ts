import type { Elements } from '../definitions/definitions.ts';
import { createCompiler, NotCompiled } from '../definitions/fhirpath-compile.ts';
import { parse } from '../definitions/fhirpath-parser.ts';
import type { Constraint } from '../definitions/profiles.ts';
import { type Check, error, warning } from './check.ts';
import { engine } from './engine.ts';
import { fhirpath } from './fhirpath.ts';

type Holds = (value: unknown, check: Check) => boolean;

/**
 * Checks the invariants of profiles, each compiled when it is first met, for the type of the value it is met on. One that
 * does not parse is taken to hold.
 */
export function createRules(elements: Elements) {
  const rules = new WeakMap<Constraint, Map<string, Holds>>();
  const compiler = createCompiler(elements);

  function compileRule({ expression }: Constraint, type: string): Holds {
    const self = { js: 'o', many: false, type };
    const scope = {
      self,
      resource: { js: 'C.resource', many: false, type: 'any' },
      rootResource: { js: 'C.root', many: false, type: 'any' },
      context: self,
    };
    try {
      const source = compiler.notFalse(parse(expression), scope);
      const make = new Function('$', `"use strict";return (o,C)=>${source};`);
      return make(fhirpath) as Holds; // made on the line above
    } catch (reason) {
      if (!(reason instanceof NotCompiled)) return () => true;
      return (value, check) => engine(value, check, type, expression);
    }
  }

  return function checkRule(constraint: Constraint, type: string, value: unknown, check: Check): void {
    const byType = rules.get(constraint) ?? new Map<string, Holds>();
    rules.set(constraint, byType);
    const holds = byType.get(type) ?? compileRule(constraint, type);
    byType.set(type, holds);
    if (holds(value, check)) return;
    const report = constraint.severity === 'warning' ? warning : error;
    report(check, 'invariant', '', `Rule ${constraint.key} is broken: ${constraint.human}`);
  };
}
