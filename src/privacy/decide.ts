import { allRows, type Caller, type Denial, type Grant, type Interaction, type TypeGrant } from '../fhir/access.ts';
import { resourceTypes } from '../fhir/resources.ts';
import type { PredicateOf } from '../fhir/search/predicate.ts';
import { actingAs } from './actors/acting.ts';
import type { ActorPolicy } from './actors/actor.ts';
import { identity, publicRules } from './actors/shown.ts';
import { type Facts, noFacts, type ReadFacts } from './facts.ts';
import { grantHash } from './grant-hash.ts';
import { restrict } from './restricted.ts';
import { commonRows, intersect, merged, mergedDenials } from './rules.ts';
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
  const made = new WeakMap<Caller, { grant: Grant; until: number }>();

  return async (asked) => {
    const known = made.get(asked);
    if (known && now() < known.until) return known.grant;
    const { policy, caller } = actingAs(asked);
    const facts = policy === null ? noFacts : await readFacts(caller);
    const grant =
      policy === null
        ? nothing(caller)
        : decided({ caller, policy, facts: heard(policy, facts), scopeRules, inCompartment });
    for (const one of [asked, grant.caller]) made.set(one, { grant, until: facts.until });
    return grant;
  };
}

/** What is decided on. */
type Case = {
  caller: Caller;
  policy: ActorPolicy;
  facts: Facts;
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
  const { caller, policy, facts } = one;
  const opened = new Map<string, number>();
  for (const { patient, opens } of facts.consents) opened.set(patient, (opened.get(patient) ?? 0) | opens);
  const types = new Map<string, TypeGrant>();
  const denials = new Map<string, readonly Denial[]>();
  for (const type of resourceTypes) {
    const rules = rulesOf(type, one, opened);
    if (rules.length === 0) continue;
    types.set(type, rules);
    const denied = denialsOf(type, one);
    if (denied.length > 0) denials.set(type, denied);
  }
  const { emergencies } = facts.duties;
  const basis = [
    policy.actor,
    ...emergencies.map(({ patient }) => `BTG Patient/${patient}`),
    ...new Set(facts.consents.map(({ consent, patient }) => `${consent} Patient/${patient}`)),
  ];
  const { tenant } = caller;
  return { tenant, caller, types, denials, forbiddenLabels: 0, basis, hash: grantHash(caller, facts) };
}

function rulesOf(type: string, one: Case, opened: ReadonlyMap<string, number>): TypeGrant {
  const { caller, policy, facts, scopeRules } = one;
  if (policy.never.has(type)) return [];
  const named = scopeRules(caller, type, policy.about === 'rules' ? 'everybody' : 'reach');
  const own = policy.implicit === 'deny' ? [] : policy.rules(type, caller, facts);
  const implied = own === null ? named : intersect(named, own);
  const beyond = nameable(policy.beyond?.(type, caller, facts) ?? [], named);
  const permitted = permitsOf(type, one, policy.about === 'rules' ? implied : named);
  const seen = restrict([...implied, ...beyond, ...permitted], policy.restricted, opened);
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
  const { caller, policy, facts, scopeRules, inCompartment } = one;
  if (policy.consents === 'bound') return [];
  const own = facts.consents.flatMap(({ patient, permits }) =>
    forType(permits, type, inCompartment).flatMap((rows) => {
      const ofPatient = commonRows(rows, { ...allRows, patients: [patient] });
      return ofPatient ? [{ ...ofPatient, interactions: reading, projection: null }] : [];
    }),
  );
  if (own.length === 0) return own;
  return intersect(policy.consents === 'within' ? within : scopeRules(caller, type, 'everybody'), own);
}

/** All of the record of somebody whose glass was broken, to be read. */
function urgentOf(type: string, { caller, facts, scopeRules, inCompartment }: Case): TypeGrant {
  const patients = facts.duties.emergencies.map(({ patient }) => patient);
  if (patients.length === 0 || !isOfRecord(type, inCompartment)) return [];
  const rule = { ...allRows, patients, interactions: reading, projection: null };
  return intersect(scopeRules(caller, type, 'everybody'), [rule]);
}

function denialsOf(type: string, { facts, inCompartment }: Case): readonly Denial[] {
  const urgent = new Set(facts.duties.emergencies.map(({ patient }) => patient));
  const denials = facts.consents
    .filter(({ patient }) => !urgent.has(patient))
    .flatMap(({ patient, denials: all }) =>
      forType(all, type, inCompartment).flatMap((denial) => {
        const ofPatient = commonRows(denial, { ...allRows, patients: [patient] });
        return ofPatient ? [{ ...ofPatient, except: denial.except }] : [];
      }),
    );
  return mergedDenials(denials);
}

/** Bytes are in the record of whom they are secured for, too. */
const isOfRecord = (type: string, inCompartment: ReadonlySet<string>): boolean =>
  inCompartment.has(type) || type === 'Binary';

const forType = <T>(all: ReadonlyMap<string, readonly T[]>, type: string, inCompartment: ReadonlySet<string>): T[] => [
  ...(all.get(type) ?? []),
  ...(isOfRecord(type, inCompartment) ? (all.get('*') ?? []) : []),
];

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
