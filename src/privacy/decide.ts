import { hash } from 'node:crypto';

import {
  type Caller,
  everyRow,
  type Grant,
  type Interaction,
  isEveryRow,
  type Rule,
  type Scope,
  type TypeGrant,
} from '../fhir/access.ts';
import { resourceTypes } from '../fhir/resources.ts';
import type { PredicateOf } from '../fhir/search/predicate.ts';
import { directoryTypes, sharedTypes } from './directory.ts';

export type Decide = (caller: Caller) => Grant;

const readOnly: ReadonlySet<Interaction> = new Set(['r', 's']);
const reading: ReadonlySet<Interaction> = new Set(['r']);
const nobody: readonly string[] = [];

/**
 * What a caller may do and see. system/ scopes cover every row of a type; patient/ scopes the compartment of the patient in
 * context, user/ scopes the compartments of the patients in reach, and both the directory (directory.ts) to read. Whatever no
 * scope names is denied. Without a patient in context patient/ scopes name nothing, and user/ scopes nothing where it is not
 * known who the user is.
 *
 * A Grant is made once per Caller and kept as long as that is.
 *
 * @param compartment the types of the Patient compartment
 */
export function createDecide(compartment: Iterable<string>, predicateOf: PredicateOf): Decide {
  const inCompartment = new Set(compartment);
  const made = new WeakMap<Caller, Grant>();

  /** The rows of a type that a scope is about, but for its query; null: none. */
  function rowsOf(
    { context, interactions }: Scope,
    type: string,
    caller: Caller,
    patient: readonly string[],
  ): Rule | null {
    if (context === 'system') return everyRow(interactions);
    const patients = context === 'patient' ? patient : reachOf(caller);
    if (patients === null || sharedTypes.has(type)) return null;
    if (context === 'patient' && patients.length === 0) return null;
    if (inCompartment.has(type)) {
      return { ...everyRow(isSelfMade(caller, type) ? interactions.intersection(readOnly) : interactions), patients };
    }
    return directoryTypes.has(type) ? everyRow(interactions.intersection(readOnly)) : null;
  }

  function rulesOf(caller: Caller, type: string, scopes: readonly Scope[], patient: readonly string[]): Rule[] {
    const rules = scopes.flatMap((scope): Rule[] => {
      const rule = rowsOf(scope, type, caller, patient);
      if (rule === null || scope.query === null) return rule ? [rule] : [];
      const where = predicateOf(caller.tenant, type, scope.query);
      // What cannot be held to its query is not granted.
      return where ? [{ ...rule, where }] : [];
    });
    const [, own, id] = /^(\w+)\/(.+)$/.exec(caller.identified ? (caller.fhirUser ?? '') : '') ?? [];
    if (own === type && id) rules.push({ ...everyRow(reading), ids: [id] });
    return merged(rules);
  }

  return (caller) => {
    let grant = made.get(caller);
    if (!grant) {
      const patient = caller.patient === null ? nobody : [caller.patient];
      const types = new Map<string, TypeGrant>();
      for (const type of resourceTypes) {
        const scopes = caller.scopes.filter((scope) => scope.type === '*' || scope.type === type);
        const rules = rulesOf(caller, type, scopes, patient);
        if (rules.length > 0) types.set(type, rules);
      }
      grant = { tenant: caller.tenant, caller, types, forbiddenLabels: 0, hash: grantHash(caller, types) };
      made.set(caller, grant);
    }
    return grant;
  };
}

/** Whom user/ scopes cover; null: it is not known who the user is. That `all` are in reach is said of systems alone. */
function reachOf({ fhirUser, reach }: Caller): readonly string[] | null {
  if (fhirUser === null) return null;
  return reach === 'all' ? nobody : reach;
}

/** What makes a RelatedPerson one: for how long they may see a record is not theirs to write. */
const isSelfMade = ({ fhirUser }: Caller, type: string): boolean =>
  type === 'RelatedPerson' && fhirUser !== null && fhirUser.startsWith('RelatedPerson/');

/**
 * The same rules in fewer: of the same rows what is allowed adds up, and what is allowed with every row of a list need not be
 * said again of some of them.
 */
function merged(rules: readonly Rule[]): Rule[] {
  const byRows = new Map<string, Rule>();
  for (const rule of rules) {
    const name = rowsName(rule);
    const { interactions } = byRows.get(name) ?? { interactions: new Set<Interaction>() };
    byRows.set(name, { ...rule, interactions: interactions.union(rule.interactions) });
  }
  const distinct = [...byRows.values()];
  return distinct.flatMap((rule) => {
    const wider = distinct.filter((other) => other !== rule && isWider(other, rule));
    const left = wider.reduce((letters, other) => letters.difference(other.interactions), rule.interactions);
    return left.size > 0 ? [{ ...rule, interactions: left }] : [];
  });
}

/** Whether the rows of one rule are among those of the other; never of two each among the other's. */
const isWider = (wide: Rule, narrow: Rule): boolean =>
  isEveryRow(wide) ||
  (wide.ids === null && wide.where === null && narrow.where !== null && wide.patients === narrow.patients);

const lists = new WeakMap<readonly string[], string>();

/** A list of many ids, hashed once. */
function listName(list: readonly string[]): string {
  let name = lists.get(list);
  if (name === undefined) {
    name = list.length < 4 ? list.join() : hash('sha256', list.join(), 'base64url');
    lists.set(list, name);
  }
  return name;
}

const rowsName = ({ patients, ids, where }: Rule): string =>
  JSON.stringify([patients === 'all' ? 'all' : [listName(patients)], ids, where?.text ?? null]);

/** The same for the same person with the same rights, whichever token says so. */
function grantHash(caller: Caller, types: ReadonlyMap<string, TypeGrant>): string {
  const rules = [...types].map(([type, of]) => [
    type,
    of.map((rule) => [[...rule.interactions].sort().join(''), rowsName(rule)]),
  ]);
  const whole = [
    caller.tenant,
    caller.subject,
    caller.clientId,
    caller.patient,
    caller.fhirUser,
    caller.operator,
    rules,
  ];
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
