import {
  allRows,
  type Caller,
  type Denial,
  type Grant,
  type Interaction,
  type Rows,
  type TypeGrant,
} from '../../fhir/access.ts';
import { resourceTypes } from '../../fhir/resources.ts';
import type { PredicateOf } from '../../fhir/search/predicate.ts';
import { actingAs } from '../actors/acting.ts';
import type { ActorPolicy } from '../actors/actor.ts';
import { identity, publicRules } from '../actors/shown.ts';
import { type Said, saidBy } from '../consents/said.ts';
import { ownedTypes } from './directory.ts';
import { type Facts, noFacts, type ReadFacts } from './facts.ts';
import { grantHash } from './grant-hash.ts';
import { restrict } from './restricted.ts';
import { intersect, merged } from './rules.ts';
import { createScopeRules, type ScopeRules } from './scope-rules.ts';

export type Decide = (caller: Caller) => Promise<Grant>;

const reading: ReadonlySet<Interaction> = new Set(['r', 's']);

/**
 * What a caller may do and see: what their scopes name and the policy of their class (actors/) allows, and then what patients
 * have said. A type that the policy never gives is not given; who has broken the glass of a patient sees their rows; what a
 * Consent denies is denied; what one permits is read; and else it is as the policy says.
 *
 * A Grant is made once per Caller, and kept as long as that is or until the facts that it stands on change.
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
  const scopeRules = createScopeRules(inCompartment, predicateOf, identity);
  const caseOf = (caller: Caller, policy: ActorPolicy, all: Facts): Case => {
    const facts = heard(policy, all);
    const urgent = new Set(facts.duties.emergencies.map(({ patient }) => patient));
    return { caller, policy, facts, said: saidBy(facts.consents, urgent), scopeRules, inCompartment };
  };
  const made = new WeakMap<Caller, { grant: Grant; until: number }>();

  return async (asked) => {
    const known = made.get(asked);
    if (known && now() < known.until) return known.grant;
    const { policy, caller } = actingAs(asked);
    const facts = policy === null ? noFacts : await readFacts(caller);
    const grant = policy === null ? nothing(caller) : decided(caseOf(caller, policy, facts));
    for (const one of [asked, grant.caller]) made.set(one, { grant, until: facts.until });
    return grant;
  };
}

/** What is decided on. */
type Case = {
  caller: Caller;
  policy: ActorPolicy;
  facts: Facts;
  said: Said;
  scopeRules: ScopeRules;
  inCompartment: ReadonlySet<string>;
};

/** The facts that count for a class: an emergency for who may break the glass, a Consent for it only in one. */
function heard(policy: ActorPolicy, facts: Facts): Facts {
  const emergencies = policy.breaksGlass ? facts.duties.emergencies : [];
  const urgent = new Set(emergencies.map(({ patient }) => patient));
  const consents =
    policy.consents === 'none'
      ? []
      : facts.consents.filter(({ emergencyOnly, patient }) => !emergencyOnly || urgent.has(patient));
  return { ...facts, consents, duties: { ...facts.duties, emergencies } };
}

function decided(one: Case): Grant {
  const { caller, policy, facts, said } = one;
  const types = new Map<string, TypeGrant>();
  const denials = new Map<string, readonly Denial[]>();
  for (const type of resourceTypes) {
    const rules = rulesOf(type, one);
    if (rules.length === 0) continue;
    types.set(type, rules);
    const devices = type === 'DeviceMetric' ? ofTheirDevices(said.denials.get('Device') ?? none) : none;
    const denied = [...forType(said.denials, type, one), ...devices];
    if (denied.length > 0) denials.set(type, denied);
  }
  const { emergencies } = facts.duties;
  const basis = [
    policy.actor,
    ...emergencies.map(({ patient }) => `BTG Patient/${patient}`),
    ...new Set(facts.consents.map(({ consent, patient }) => `${consent} Patient/${patient}`)),
  ];
  const { tenant } = caller;
  const forbiddenLabels = policy.forbidden ?? 0;
  return { tenant, caller, types, denials, forbiddenLabels, basis, hash: grantHash(caller, facts) };
}

function rulesOf(type: string, one: Case): TypeGrant {
  const { caller, policy, facts, said, scopeRules } = one;
  if (policy.never.has(type)) return [];
  const named = scopeRules(caller, type, policy.about === 'rules' ? 'everybody' : 'reach');
  const own = policy.implicit === 'deny' ? [] : policy.rules(type, caller, facts);
  const implied = own === null ? named : intersect(named, own);
  const beyond = policy.beyond ? nameable(policy.beyond(type, caller, facts), named) : [];
  const permitted = permitsOf(type, one, policy.about === 'rules' ? implied : named);
  const seen = restrict([...implied, ...beyond, ...permitted], policy.restricted, said.opened);
  const shared = publicRules(type, caller);
  const rules = merged([...seen, ...urgentOf(type, one)]);
  return shared === null ? rules : intersect(rules, shared);
}

/** What a class may beyond whom its scopes reach, with the interactions that they name for the whole of a type. */
function nameable(rules: TypeGrant, named: TypeGrant): TypeGrant {
  const letters = new Set(named.flatMap(({ where, interactions }) => (where === null ? [...interactions] : [])));
  return rules.flatMap((rule) => {
    const interactions = rule.interactions.intersection(letters);
    return interactions.size > 0 ? [{ ...rule, interactions }] : [];
  });
}

/** What Consents give, to be read: as far as scopes name it, or within what the caller reaches. */
function permitsOf(type: string, one: Case, within: TypeGrant): TypeGrant {
  const { caller, policy, said, scopeRules } = one;
  if (policy.consents === 'bound') return [];
  const devices = type === 'DeviceMetric' ? (said.permits.get('Device') ?? none).filter(isOfAll) : none;
  const own = [...forType(said.permits, type, one), ...devices].map((rows) => ({
    ...rows,
    interactions: reading,
    projection: null,
  }));
  if (own.length === 0) return own;
  return intersect(policy.consents === 'within' ? within : scopeRules(caller, type, 'everybody'), own);
}

/** All of the record of somebody whose glass was broken, to be read. */
function urgentOf(type: string, { caller, facts, scopeRules, inCompartment }: Case): TypeGrant {
  const { emergencies } = facts.duties;
  if (emergencies.length === 0 || !isOfRecord(type, inCompartment)) return [];
  const patients = emergencies.map(({ patient }) => patient);
  const rule = { ...allRows, patients, interactions: reading, projection: null };
  return intersect(scopeRules(caller, type, 'everybody'), [rule]);
}

const isOfRecord = (type: string, inCompartment: ReadonlySet<string>): boolean =>
  inCompartment.has(type) || ownedTypes.has(type);

/** Rows of a type, none of them told by what they are or say. */
const isOfAll = ({ ids, where }: Rows): boolean => ids === null && where === null;

/** What is denied of some devices of somebody is denied of what all of theirs can measure. */
const ofTheirDevices = (denials: readonly Denial[]): Denial[] =>
  denials.map((one) => ({ ...one, ids: null, where: null, except: one.except.filter(isOfAll) }));

function forType<T>(all: ReadonlyMap<string, readonly T[]>, type: string, { inCompartment }: Case): readonly T[] {
  const named = all.get(type) ?? none;
  const every = isOfRecord(type, inCompartment) ? (all.get('*') ?? none) : none;
  if (every.length === 0) return named;
  return named.length === 0 ? every : [...named, ...every];
}

const none: readonly never[] = [];

const nothing = (caller: Caller): Grant => ({
  tenant: caller.tenant,
  caller,
  types: new Map(),
  denials: new Map(),
  forbiddenLabels: 0,
  basis: [],
  hash: grantHash(caller, noFacts),
});

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
  return { ...nothing(caller), hash: 'anonymous' };
}
