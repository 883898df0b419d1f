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
import { directoryTypes, sharedTypes, writtenByServer } from './directory.ts';
import { noFacts, type ReadFacts } from './facts.ts';

export type Decide = (caller: Caller) => Promise<Grant>;

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
export function createDecide(
  compartment: Iterable<string>,
  predicateOf: PredicateOf,
  readFacts: ReadFacts = async () => noFacts,
  now: () => number = Date.now,
): Decide {
  const inCompartment = new Set(compartment);
  const made = new WeakMap<Caller, { grant: Grant; until: number }>();

  /** The rows of a type that a scope is about, but for its query; null: none. */
  function rowsOf({ context, interactions }: Scope, type: string, { caller, patient, reach }: Who): Rule | null {
    if (context === 'system') return everyRow(interactions);
    const patients = context === 'patient' ? patient : reach;
    if (patients === null || sharedTypes.has(type)) return null;
    if (inCompartment.has(type)) {
      const isOurs = writtenByServer.has(type) || isSelfMade(caller, type);
      return { ...everyRow(isOurs ? interactions.intersection(readOnly) : interactions), patients };
    }
    return directoryTypes.has(type) ? everyRow(interactions.intersection(readOnly)) : null;
  }

  function rulesOf(type: string, who: Who): readonly Rule[] {
    const rules: Rule[] = [];
    for (const scope of who.caller.scopes) {
      if (scope.type !== '*' && scope.type !== type) continue;
      const rule = rowsOf(scope, type, who);
      if (rule === null || rule.interactions.size === 0) continue;
      const where = scope.query === null ? null : predicateOf(who.caller.tenant, type, scope.query);
      // What cannot be held to its query is not granted.
      if (scope.query === null || where !== null) rules.push({ ...rule, where });
    }
    if (who.self?.type === type) rules.push({ ...everyRow(reading), ids: [who.self.id] });
    return merged(rules);
  }

  return async (caller) => {
    const known = made.get(caller);
    if (known && now() < known.until) return known.grant;
    const facts = await readFacts(caller);
    const who = whoIs(caller);
    const types = new Map<string, TypeGrant>();
    for (const type of resourceTypes) {
      const rules = rulesOf(type, who);
      if (rules.length > 0) types.set(type, rules);
    }
    const hash = grantHash(caller);
    const grant: Grant = {
      tenant: caller.tenant,
      caller,
      types,
      denials: new Map(),
      forbiddenLabels: 0,
      basis: [],
      hash,
    };
    made.set(caller, { grant, until: facts.until });
    return grant;
  };
}

/** Whom patient/ and user/ scopes are about, null where that is not known; and the resource that the user may read as theirs. */
type Who = {
  caller: Caller;
  patient: readonly string[] | null;
  reach: readonly string[] | null;
  self: { type: string; id: string } | null;
};

function whoIs(caller: Caller): Who {
  const { patient, identified, fhirUser } = caller;
  const [, type, id] = /^(\w+)\/(.+)$/.exec(fhirUser ?? '') ?? [];
  return {
    caller,
    patient: patient === null ? null : [patient],
    reach: reachOf(caller),
    self: identified && type && id ? { type, id } : null,
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
function merged(rules: readonly Rule[]): readonly Rule[] {
  if (rules.length < 2) return rules;
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

/** The same for the same person with the same scopes, whichever token says so, and in whatever order. */
function grantHash(caller: Caller): string {
  const { tenant, subject, clientId, patient, fhirUser, identified, operator, reach } = caller;
  const scopes = caller.scopes.map(({ context, type, interactions, query }) =>
    JSON.stringify([context, type, [...interactions].sort().join(''), query]),
  );
  const known = reach === 'all' ? reach : listName(reach);
  const distinct = [...new Set(scopes)].sort();
  const whole = [tenant, subject, clientId, patient, fhirUser, identified, operator, known, distinct];
  return hash('sha256', JSON.stringify(whole), 'base64url').slice(0, 22);
}

/** What somebody may see who has not said who they are: nothing that is stored. */
export function anonymousGrant(tenant: number): Grant {
  const caller: Caller = {
    tenant,
    actor: 'nobody',
    purpose: '',
    organization: null,
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
  return {
    tenant,
    caller,
    types: new Map(),
    denials: new Map(),
    forbiddenLabels: 0,
    basis: [],
    hash: 'anonymous',
  };
}
