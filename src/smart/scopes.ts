import type { Interaction, Scope } from '../fhir/access.ts';
import { invalid, ok, type Result } from '../fhir/outcome.ts';
import { isResourceType } from '../fhir/resources.ts';

/** Lets its bearer see query plans and server-wide figures. */
export const operatorScope = 'portico/operator';

/** Scopes that are no claim on resources. https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html */
const others: ReadonlySet<string> = new Set([
  'openid',
  'profile',
  'fhirUser',
  'launch',
  'launch/patient',
  'launch/encounter',
  'offline_access',
  'online_access',
  operatorScope,
]);

export type Scopes = { clinical: readonly Scope[]; others: ReadonlySet<string> };

const clinical = /^(patient|user|system)\/([A-Za-z]+|\*)\.([a-z]+|\*)$/;

/** SMART 1: words. */
const words: Record<string, string> = { read: 'rs', write: 'cud', '*': 'cruds' };

/** SMART 2: letters of cruds, each at most once and in this order. */
const letters = /^c?r?u?d?s?$/;

/** One clinical scope: `patient/Observation.rs`, or as SMART 1 wrote it `patient/Observation.read`. */
function clinicalScope(text: string): Result<Scope> {
  const [, context, type, may] = clinical.exec(text) ?? [];
  if (!context || !type || !may) return invalid(`The scope ${text} is not one that this server knows`);
  if (type !== '*' && !isResourceType(type))
    return invalid(`The scope ${text} names ${type}, which is not a resource type`);
  const short = Object.hasOwn(words, may) ? words[may] : may;
  if (!short || !letters.test(short)) {
    return invalid(`The scope ${text} must end in letters of cruds in this order, or in read, write or *`);
  }
  return ok({
    // The expression has these three and no other.
    context: context as Scope['context'],
    type,
    // Each letter was checked to be one.
    interactions: new Set(short as Iterable<Interaction>),
    query: null,
  });
}

/**
 * The scopes of a token or a request. One that is not known is a refusal, so that nobody believes to have what they have
 * not.
 *
 * @param text separated by spaces
 */
export function parseScopes(text: string): Result<Scopes> {
  const found: Scope[] = [];
  const rest = new Set<string>();
  for (const one of text.split(' ').filter(Boolean)) {
    if (others.has(one)) {
      rest.add(one);
      continue;
    }
    if (one.includes('?')) {
      return invalid(`The scope ${one} asks for a part of a type; this server grants whole types, so leave out ?…`);
    }
    const scope = clinicalScope(one);
    if (!scope.ok) return scope;
    found.push(scope.value);
  }
  return ok({ clinical: found, others: rest });
}
