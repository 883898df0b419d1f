import {
  type Caller,
  everyRow,
  type Interaction,
  type Projection,
  type Rule,
  type Scope,
  type TypeGrant,
} from '../../fhir/access.ts';
import type { PredicateOf } from '../../fhir/search/predicate.ts';
import { requestsName } from '../requests/request-codes.ts';
import { directoryTypes, ownedTypes, sharedTypes, writtenByServer } from './directory.ts';
import { merged } from './rules.ts';

const readOnly: ReadonlySet<Interaction> = new Set(['r', 's']);
const reading: ReadonlySet<Interaction> = new Set(['r']);
const searching: ReadonlySet<Interaction> = new Set(['s']);
const nobody: readonly string[] = [];

/** Whom scopes are about: the caller and those in their reach, or whoever else a policy or a Consent lets them see. */
export type About = 'reach' | 'everybody';

/**
 * The rules of one type that the scopes of a caller name. system/ scopes cover every row of a type; patient/ scopes the
 * compartment of the patient in context, user/ scopes the compartments of the patients in reach, and both the directory
 * (directory.ts) to read. Whatever no scope names is denied. Without a patient in context patient/ scopes name nothing, and
 * user/ scopes nothing where it is not known who the user is.
 */
export type ScopeRules = (caller: Caller, type: string, about: About) => TypeGrant;

/** @param identity what is shown of the resource that a user is, by its type, where no scope names the type */
export function createScopeRules(
  compartment: ReadonlySet<string>,
  predicateOf: PredicateOf,
  identity: ReadonlyMap<string, Projection>,
): ScopeRules {
  /** The rows of a type that a scope is about, but for its query; null: none. */
  function rowsOf(scope: Scope, type: string, caller: Caller, about: About): Rule | null {
    const { context, interactions } = scope;
    if (context === 'system') return everyRow(interactions);
    const patients = patientsOf(scope, caller, about);
    if (patients === null || sharedTypes.has(type)) return null;
    const isOurs = writtenByServer.has(type) || isSelfMade(caller, type);
    const rule = everyRow(isOurs ? interactions.intersection(readOnly) : interactions);
    if (compartment.has(type)) return { ...rule, patients };
    // Bytes are the record of whom they are secured for. They are found by way of their documents, not by searching them.
    if (type === 'Binary' && context !== 'patient')
      return { ...rule, patients, interactions: interactions.difference(searching) };
    if (ownedTypes.has(type)) return { ...rule, patients };
    if (directoryTypes.has(type)) return everyRow(interactions.intersection(readOnly));
    if (patients === 'all') return rule;
    return type === 'Task' && scope.query === null ? ownRequests(rule, patients, caller) : null;
  }

  /** What a person has asked for by right, or who acts for them; a Task is in no record, and no app asks. */
  function ownRequests(rule: Rule, patients: readonly string[], { tenant, actor, clientId }: Caller): Rule | null {
    if (clientId !== null || (actor !== 'self' && actor !== 'proxy') || patients.length === 0) return null;
    const where = predicateOf(tenant, 'Task', `group-identifier=${patients.map(requestsName).join()}`);
    return where && { ...rule, interactions: rule.interactions.intersection(readOnly), where };
  }

  return (caller, type, about) => {
    const rules: Rule[] = [];
    for (const scope of caller.scopes) {
      if (scope.type !== '*' && scope.type !== type) continue;
      const rule = rowsOf(scope, type, caller, about);
      if (rule === null || rule.interactions.size === 0) continue;
      const where = scope.query === null ? rule.where : predicateOf(caller.tenant, type, scope.query);
      // What cannot be held to its query is not granted.
      if (scope.query !== null && where === null) continue;
      rules.push({ ...rule, where });
      // A Schedule may be a patient's; those that are nobody's are the directory.
      if (rule.patients !== 'all' && compartment.has(type) && directoryTypes.has(type))
        rules.push({ ...everyRow(rule.interactions.intersection(readOnly)), records: 'none', where });
    }
    const self =
      caller.identified && caller.fhirUser?.startsWith(`${type}/`) ? caller.fhirUser.slice(type.length + 1) : '';
    if (self !== '') rules.push({ ...everyRow(reading), ids: [self], projection: identity.get(type) ?? null });
    return merged(rules);
  };
}

/** Whom a patient/ or user/ scope is about, null where that is not known. That `all` are in reach is said of systems alone. */
function patientsOf({ context }: Scope, caller: Caller, about: About): Rule['patients'] | null {
  const { patient, fhirUser, reach } = caller;
  if (context === 'patient') return patient === null ? null : [patient];
  if (fhirUser === null) return null;
  if (about === 'everybody') return 'all';
  return reach === 'all' ? nobody : reach;
}

/** What makes a RelatedPerson one: for how long they may see a record is not theirs to write. */
const isSelfMade = ({ fhirUser }: Caller, type: string): boolean =>
  type === 'RelatedPerson' && fhirUser !== null && fhirUser.startsWith('RelatedPerson/');
