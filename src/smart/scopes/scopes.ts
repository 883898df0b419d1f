import type { Interaction, Scope } from '../../fhir/access.ts';
import { invalid, ok, type Result } from '../../fhir/outcome.ts';
import { isResourceType } from '../../fhir/resources.ts';
import { parseDemands } from '../../fhir/search/predicate.ts';

/** Lets its bearer see query plans and server-wide figures. */
export const operatorScope = 'portico/operator';
/** Lets a program begin the launch of an app for somebody: the launch API. */
export const launchScope = 'portico/launch';

/** Scopes that are no claim on resources. https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html */
export const otherScopes: ReadonlySet<string> = new Set([
  'openid',
  'profile',
  'email',
  'fhirUser',
  'launch',
  'launch/patient',
  'launch/encounter',
  'offline_access',
  'online_access',
  operatorScope,
  launchScope,
]);

export type Scopes = { clinical: readonly Scope[]; others: ReadonlySet<string> };

/** Characters of all scopes together. */
export const LONGEST = 8000;

/** What a scope is made of. https://www.rfc-editor.org/rfc/rfc6749#section-3.3 */
const written = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

const clinical = /^(patient|user|system)\/([A-Za-z]+|\*)\.([a-z]+|\*)(?:\?(.*))?$/;

/** SMART 1: words. */
const words = new Map([
  ['read', 'rs'],
  ['write', 'cud'],
  ['*', 'cruds'],
]);

/** SMART 2: letters of cruds, each at most once and in this order. */
const letters = /^c?r?u?d?s?$/;
const order: readonly Interaction[] = ['c', 'r', 'u', 'd', 's'];

const unknown = (text: string): Result<never> =>
  invalid(`The scope ${text.slice(0, 200)} is not one that this server knows`);

/** One clinical scope: `patient/Observation.rs`, or as SMART 1 wrote it `patient/Observation.read`. */
function clinicalScope(text: string): Result<Scope> {
  const [, context, type, may, query = null] = clinical.exec(text) ?? [];
  if (!context || !type || !may) return unknown(text);
  if (type !== '*' && !isResourceType(type))
    return invalid(`The scope ${text} names ${type}, which is not a resource type`);
  const word = words.get(may);
  const short = word ?? may;
  if (!letters.test(short)) {
    return invalid(`The scope ${text} must end in letters of cruds in this order, or in read, write or *`);
  }
  if (query !== null) {
    if (type === '*' || word !== undefined)
      return invalid(`The scope ${text} asks for a part of a type: it must name the type, and letters of cruds`);
    const demands = parseDemands(type, query);
    if (!demands.ok) return demands;
  }
  return ok({
    // The expression has these three and no other.
    context: context as Scope['context'],
    type,
    // Each letter was checked to be one.
    interactions: new Set(short as Iterable<Interaction>),
    query,
  });
}

/**
 * The scopes of a token or a request. One that is not known is a refusal, so that nobody believes to have what they have
 * not.
 *
 * @param text separated by spaces
 */
export function parseScopes(text: string): Result<Scopes> {
  if (text.length > LONGEST) return invalid(`The scopes have ${text.length} characters; at most ${LONGEST} are read`);
  if (!written.test(text)) {
    return invalid(
      'A scope is printable ASCII without quotation marks and backslashes, and scopes are separated by spaces',
    );
  }
  const found: Scope[] = [];
  const rest = new Set<string>();
  for (const one of text.split(' ').filter(Boolean)) {
    if (otherScopes.has(one)) {
      rest.add(one);
      continue;
    }
    const scope = clinicalScope(one);
    if (!scope.ok) return scope;
    found.push(scope.value);
  }
  return ok({ clinical: found, others: rest });
}

/** Nobody acts as a system and as a person at once. */
export function contextsAgree(scopes: readonly Scope[]): Result<null> {
  const systems = scopes.filter(({ context }) => context === 'system').length;
  if (systems === 0 || systems === scopes.length) return ok(null);
  return invalid('system/ scopes and user/ or patient/ scopes cannot be had together');
}

/** As SMART 2 writes it: `patient/Observation.rs?category=laboratory`. */
export function formatScope({ context, type, interactions, query }: Scope): string {
  const short = order.filter((one) => interactions.has(one)).join('');
  return `${context}/${type}.${short}${query === null ? '' : `?${query}`}`;
}

/** All of them as one text, the clinical ones first. */
export const formatScopes = ({ clinical: scopes, others }: Scopes): string =>
  [...new Set([...scopes.map(formatScope), ...others])].join(' ');
