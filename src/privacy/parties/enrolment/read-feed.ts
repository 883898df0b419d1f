import type { Bundle, BundleEntry, Patient } from '@medplum/fhirtypes';

import type { Json } from '../../../fhir/context.ts';
import { type Issue, invalidResource, malformed, ok, type Result } from '../../../fhir/outcome.ts';
import { yearsAt } from '../aggregate/population.ts';
import { isEmployeeNumber } from '../employer.ts';
import { checkElements, fedTypes, isAboutWork } from './allowed.ts';

/** One entry of a feed, checked: what of it may be stored. */
export type Fed = { fullUrl: string; resource: Json & { resourceType: string }; isMinor: boolean };

export type Feed = { entries: readonly Fed[]; unlisted: readonly string[] };

/** Years of age from which somebody has an account of their own. */
const MAJORITY = 18;

const issue = (at: number, diagnostics: string, code: Issue['code'] = 'business-rule'): Issue => ({
  severity: 'error',
  code,
  diagnostics: `Bundle.entry[${at}]: ${diagnostics}`,
  expression: `Bundle.entry[${at}]`,
});

const isMinorAt = (resource: Json, now: number): boolean => {
  const years = yearsAt(typeof resource.birthDate === 'string' ? resource.birthDate : undefined, now);
  return resource.resourceType === 'Patient' && years !== null && years < MAJORITY;
};

/** The system of the numbers of those who are on an employee's plan. */
export const dependentSystem = (employer: string): string => `${employer}/dependent`;

/** The number that somebody is known by in a feed: an employee's, or that of who is on their plan; null: none. */
export function numberOf({ identifier = [] }: Pick<Patient, 'identifier'>, employer: string) {
  const own = identifier.filter(({ value }) => value !== undefined && value !== '' && !/[|,$\\]/.test(value));
  return (
    own.find((one) => isEmployeeNumber(one, employer)) ??
    own.find(({ system }) => system === dependentSystem(employer)) ??
    null
  );
}

function problemOf({ request, fullUrl }: BundleEntry, resource: Json, employer: string): string | null {
  const { resourceType } = resource;
  const named = String(resourceType);
  if (!fedTypes.includes(named)) return `${named} is no part of an enrolment; those are ${fedTypes.join(', ')}`;
  if (request?.method !== 'POST' && request?.method !== 'PUT') return 'request.method must be POST or PUT';
  if (!fullUrl?.startsWith('urn:uuid:') && named !== 'Organization') return 'fullUrl must be a urn:uuid';
  // Its identifiers are looked at as what they should be; what they are is checked when they are stored.
  if (named === 'Patient' && numberOf(resource as Pick<Patient, 'identifier'>, employer) === null)
    return `A Patient needs an employee number (type EI) of the system ${employer}, or one of ${dependentSystem(employer)}`;
  if (named === 'Observation' && !isAboutWork(resource))
    return 'An Observation must be of the category social-history, about income, occupation or employment status';
  return null;
}

/**
 * Reads what an employer feeds.
 *
 * @param mode what becomes of an element that is not on the list: `reject` refuses all, `drop` stores the rest
 * @returns 422 where an entry is no part of an enrolment; `unlisted` are names of elements, without any value
 */
export function readFeed(
  body: Json,
  employer: string,
  mode: 'reject' | 'drop',
  now: number,
): Result<Feed> & { unlisted?: readonly string[] } {
  // Each entry is looked at as it is read.
  const { resourceType, type, entry } = body as unknown as Bundle;
  if (resourceType !== 'Bundle' || type !== 'transaction' || !Array.isArray(entry))
    return malformed('A feed is a Bundle of the type transaction', 'Bundle.type');
  const entries: Fed[] = [];
  const issues: Issue[] = [];
  const unlisted = new Set<string>();
  for (const [at, one] of entry.entries()) {
    const resource = one?.resource as Json | undefined;
    if (resource === undefined || resource === null) {
      issues.push(issue(at, 'An entry has a resource'));
      continue;
    }
    const problem = problemOf(one, resource, employer);
    const isMinor = isMinorAt(resource, now);
    const checked = problem === null ? checkElements(resource, isMinor) : null;
    if (problem !== null || checked === null) {
      issues.push(issue(at, problem ?? 'It is no part of an enrolment'));
      continue;
    }
    for (const name of checked.unlisted) {
      unlisted.add(name);
      if (mode === 'reject') issues.push(issue(at, `${name} is not needed to enrol somebody, and not stored`));
    }
    const kept = { ...checked.kept, resourceType: String(checked.kept.resourceType) };
    entries.push({ fullUrl: one.fullUrl ?? '', resource: kept, isMinor });
  }
  if (issues.length > 0) return { ...invalidResource(issues), unlisted: [...unlisted] };
  return ok({ entries, unlisted: [...unlisted] });
}
