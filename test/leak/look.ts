import type { Json, Resource } from '../../src/fhir/context.ts';
import { canaryOf, people } from './harbour-world.ts';
import type { Answered } from './paths.ts';
import type { Recipient } from './recipients.ts';

/** Who works where and what can be had: no record of anybody. */
const directory =
  /^(Organization|Practitioner|PractitionerRole|HealthcareService|Location|CapabilityStatement|OperationOutcome|Bundle|Parameters|Subscription)$/;

const isResource = (value: unknown): value is Resource =>
  typeof value === 'object' && value !== null && 'resourceType' in value && typeof value.resourceType === 'string';

/** Every resource in an answer but those that are contained in another, which are looked at as a part of it. */
function* resourcesIn(value: unknown): Iterable<Resource> {
  if (Array.isArray(value)) for (const one of value) yield* resourcesIn(one);
  else if (isResource(value) && !/^(Bundle|Parameters|OperationOutcome)$/.test(value.resourceType)) yield value;
  else if (typeof value === 'object' && value !== null) for (const one of Object.values(value)) yield* resourcesIn(one);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** What the law wants to go along with records of substance use: no record of anybody. */
const isNotice = ({ id, type }: Resource): boolean =>
  id === undefined && JSON.stringify(type ?? '').includes('part-2-notice');

/** A figure that was worked out and is stored nowhere: it tells of a record when something was counted in it. */
const countedIn = ({ resourceType, id, component }: Resource): number =>
  resourceType !== 'Observation' || id !== undefined
    ? 0
    : Math.max(
        0,
        ...((component ?? []) as Json[]).map(({ valueQuantity }) => Number((valueQuantity as Json)?.value ?? 0)),
      );

const isAbout = (one: Resource, figure: Resource): boolean =>
  (one.subject as Json | undefined)?.reference === (figure.subject as Json | undefined)?.reference;

const isFigure = ({ resourceType, id }: Resource): boolean => resourceType === 'Observation' && id === undefined;

export type Look = { /** `Type/id` of what came out. */ shown: Set<string>; wrong: string[]; total: number | null };

/**
 * Holds an answer against what the recipient may see: resource by resource, member by member, and word by word.
 *
 * @param truth everything that is stored
 */
export function look(
  recipient: Recipient,
  { status, text, headers, sent }: Answered,
  truth: readonly Resource[],
): Look {
  const shown = new Set<string>();
  const wrong: string[] = [];
  const value = parsed(text);
  for (const resource of resourcesIn(value)) {
    const name = `${resource.resourceType}/${resource.id}`;
    if (directory.test(resource.resourceType) || isNotice(resource)) continue;
    if (isFigure(resource)) {
      const of = truth.filter((one) => one.resourceType === 'Observation' && isAbout(one, resource));
      const seen = of.filter((one) => recipient.sees(one) === 'whole').length;
      if (countedIn(resource) > seen) wrong.push(`${countedIn(resource)} were counted, where ${seen} may be seen`);
      continue;
    }
    const whole = truth.find(({ resourceType, id }) => resourceType === resource.resourceType && id === resource.id);
    const sight = recipient.sees(whole ?? resource);
    if (sight === 'none') wrong.push(`${name} came out`);
    else if (sight !== 'whole')
      for (const key of Object.keys(resource)) if (!sight.includes(key)) wrong.push(`${name}.${key} came out`);
    // Each look makes more of them.
    if (resource.resourceType !== 'AuditEvent') shown.add(name);
  }
  const said = `${headers}\n${text}\n${decoded(value)}`;
  for (const one of truth) {
    if (recipient.sees(one) !== 'whole' && said.includes(canaryOf(one)))
      wrong.push(`a word of ${canaryOf(one)} came out`);
  }
  for (const { id, family } of people) {
    const self = recipient.sees({ resourceType: 'Patient', id });
    const told = self === 'whole' || (self !== 'none' && self.includes('name')) || recipient.names?.includes(id);
    if (!told && said.includes(family) && !sent.includes(family)) wrong.push(`the name of ${id} came out`);
  }
  if (status >= 500) wrong.push(`the answer was ${status}`);
  return { shown, wrong, total: totalOf(value) };
}

/** What is base64 in an answer. */
const decoded = (value: unknown): string =>
  JSON.stringify(value ?? '').replace(/"data":"([A-Za-z0-9+/=]+)"/g, (_, data: string) =>
    Buffer.from(data, 'base64').toString('utf8'),
  );

function totalOf(value: unknown): number | null {
  // A Bundle of the server's.
  const total = isResource(value) && value.resourceType === 'Bundle' ? (value as Json).total : null;
  return typeof total === 'number' ? total : null;
}

/** How many resources of a type the recipient may see in part at least. */
export const countOf = (recipient: Recipient, type: string, truth: readonly Resource[]): number =>
  truth.filter((one) => one.resourceType === type && (directory.test(type) || recipient.sees(one) !== 'none')).length;
