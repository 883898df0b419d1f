import { hash } from 'node:crypto';

import {
  type Caller,
  everyRow,
  type Grant,
  type Interaction,
  type Rule,
  type Scope,
  type TypeGrant,
} from '../fhir/access.ts';
import { resourceTypes } from '../fhir/resources.ts';
import { directoryTypes, sharedTypes } from './directory.ts';

export type Decide = (caller: Caller) => Grant;

const readOnly: ReadonlySet<Interaction> = new Set(['r', 's']);

/**
 * What a caller may do and see. user/ and system/ scopes cover every row of a type; patient/ scopes the compartment of the
 * patient in context, and the directory (directory.ts) to read. Whatever no scope names is denied, and without a patient
 * in context patient/ scopes name nothing.
 *
 * A Grant is made once per Caller and kept as long as that is.
 *
 * @param compartment the types of the Patient compartment
 */
export function createDecide(compartment: Iterable<string>): Decide {
  const inCompartment = new Set(compartment);
  const made = new WeakMap<Caller, Grant>();

  /** What one scope grants of one type; null: nothing. */
  function granted(scope: Scope, type: string, patient: string | null): Rule | null {
    // No predicate is made of it yet, and what cannot be held to it is not granted.
    if (scope.query !== null) return null;
    if (scope.type !== '*' && scope.type !== type) return null;
    if (scope.context !== 'patient') return everyRow(scope.interactions);
    if (patient === null || sharedTypes.has(type)) return null;
    if (inCompartment.has(type)) return { ...everyRow(scope.interactions), patients: [patient] };
    if (!directoryTypes.has(type)) return null;
    return everyRow(scope.interactions.intersection(readOnly));
  }

  return (caller) => {
    let grant = made.get(caller);
    if (!grant) {
      const types = new Map<string, TypeGrant>();
      for (const type of resourceTypes) {
        const rules = caller.scopes.flatMap((scope) => granted(scope, type, caller.patient) ?? []);
        const counted = rules.filter(({ interactions }) => interactions.size > 0);
        if (counted.length > 0) types.set(type, counted);
      }
      grant = { tenant: caller.tenant, caller, types, forbiddenLabels: 0, hash: grantHash(caller, types) };
      made.set(caller, grant);
    }
    return grant;
  };
}

/** The same for the same person with the same rights, whichever token says so. */
function grantHash(caller: Caller, types: ReadonlyMap<string, TypeGrant>): string {
  const rules = [...types].map(([type, of]) => [
    type,
    of.map((rule) => [[...rule.interactions].sort().join(''), rule.patients, rule.ids, rule.where?.text]),
  ]);
  const whole = [caller.tenant, caller.subject, caller.clientId, caller.patient, caller.operator, rules];
  return hash('sha256', JSON.stringify(whole), 'base64url').slice(0, 22);
}

/** What somebody may see who has not said who they are: nothing that is stored. */
export function anonymousGrant(tenant: number): Grant {
  const caller: Caller = {
    tenant,
    subject: '',
    clientId: null,
    scopes: [],
    patient: null,
    fhirUser: null,
    identified: false,
    reach: [],
    grantId: null,
    operator: false,
  };
  return { tenant, caller, types: new Map(), forbiddenLabels: 0, hash: 'anonymous' };
}
