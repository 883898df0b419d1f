import { hash } from 'node:crypto';

import type { Caller, Grant, Interaction, Scope, TypeGrant } from '../fhir/access.ts';
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
  function granted(scope: Scope, type: string, patient: string | null): TypeGrant | null {
    if (scope.type !== '*' && scope.type !== type) return null;
    if (scope.context !== 'patient') return { interactions: scope.interactions, patients: 'all' };
    if (patient === null || sharedTypes.has(type)) return null;
    if (inCompartment.has(type)) return { interactions: scope.interactions, patients: [patient] };
    if (!directoryTypes.has(type)) return null;
    return { interactions: scope.interactions.intersection(readOnly), patients: 'all' };
  }

  return (caller) => {
    let grant = made.get(caller);
    if (!grant) {
      const types = new Map<string, TypeGrant>();
      for (const type of resourceTypes) {
        const rule = merged(caller.scopes.map((scope) => granted(scope, type, caller.patient)));
        if (rule.interactions.size > 0) types.set(type, rule);
      }
      grant = { tenant: caller.tenant, caller, types, forbiddenLabels: 0, hash: grantHash(caller, types) };
      made.set(caller, grant);
    }
    return grant;
  };
}

/**
 * The scopes of one type together. A Grant has one rule of rows per type; where scopes differ in their rows, those that
 * cover all rows count and the narrower ones are left out: never more than was granted.
 */
function merged(grants: (TypeGrant | null)[]): TypeGrant {
  const found = grants.filter((one) => one !== null && one.interactions.size > 0) as TypeGrant[];
  const wide = found.filter(({ patients }) => patients === 'all');
  const counted = wide.length > 0 ? wide : found;
  const interactions = new Set(counted.flatMap((one) => [...one.interactions]));
  return { interactions, patients: counted[0]?.patients ?? [] };
}

/** The same for the same person with the same rights, whichever token says so. */
function grantHash(caller: Caller, types: ReadonlyMap<string, TypeGrant>): string {
  const rules = [...types].map(([type, rule]) => [type, [...rule.interactions].sort().join(''), rule.patients]);
  const whole = [caller.tenant, caller.subject, caller.clientId, caller.patient, caller.operator, rules];
  return hash('sha256', JSON.stringify(whole), 'base64url').slice(0, 22);
}

/** What somebody may see who has not said who they are: nothing that is stored. */
export function anonymousGrant(tenant: number): Grant {
  const caller: Caller = { tenant, subject: '', clientId: null, scopes: [], patient: null, operator: false };
  return { tenant, caller, types: new Map(), forbiddenLabels: 0, hash: 'anonymous' };
}
