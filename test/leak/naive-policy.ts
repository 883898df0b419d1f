import type { Actor } from '../../src/fhir/access.ts';
import type { Json, Resource } from '../../src/fhir/context.ts';

/**
 * Who sees what, by a plain reading of the policy and of Consents, over resources in memory: the judge of the gate. Written
 * without any of its code.
 */

/** A resource as it is stored, and in whose records it is. */
export type Filed = { resource: Resource; patients: readonly string[] };

export type Principal = {
  actor: Actor;
  /** By which a Consent can name them: `Practitioner/treating`. */
  names: readonly string[];
  purpose: string;
  /** Whose records they come to by what they do; null: everybody's. */
  reach: readonly string[] | null;
  /** What their scopes name; null: every type. `category`: of Observations only these. */
  types: readonly string[] | null;
  category: string | null;
};

export type Provision = {
  type: 'permit' | 'deny';
  actor?: string;
  purpose?: string;
  period?: { start?: string; end?: string };
  labels?: readonly string[];
  classes?: readonly string[];
  data?: { start: string; end: string };
  except?: Provision;
};

export type PlainConsent = { patient: string; provision: Provision };

/** What each matter is part of. */
const parts: Readonly<Record<string, readonly string[]>> = {
  ETH: ['SUD', 'ALC', 'DRG', 'OPIOIDUD'],
  MH: ['PSY'],
};
const matters = new Set([
  'ETH',
  'SUD',
  'ALC',
  'DRG',
  'OPIOIDUD',
  'HIV',
  'STD',
  'SEX',
  'REPRO',
  'MH',
  'PSY',
  'BH',
  'SDV',
]);

const labelsOf = ({ meta }: Resource): string[] =>
  ((meta as Json | undefined)?.security as { code: string }[] | undefined)?.map(({ code }) => code) ?? [];

const opening = (labels: readonly string[]): string[] => labels.flatMap((one) => [one, ...(parts[one] ?? [])]);

/** Whether somebody for whom these labels are open is shown a row that bears others. */
function isOpen(labels: readonly string[], open: ReadonlySet<string>): boolean {
  if (labels.includes('V') && !open.has('V')) return false;
  const own = labels.filter((one) => matters.has(one));
  if (own.some((one) => !open.has(one))) return false;
  return !labels.includes('R') || open.has('R') || own.length > 0;
}

/** Classes for whom what is labelled is closed. */
const closed: ReadonlySet<Actor> = new Set<Actor>(['practitioner', 'concierge', 'system', 'hr-admin']);

/** Whom Consents that name nobody are about. */
const bearing: ReadonlySet<Actor> = new Set<Actor>(['practitioner', 'concierge', 'system', 'hr-admin']);

/** Who is told what a Consent says at all. */
const hearing: ReadonlySet<Actor> = bearing;

const never: Partial<Record<Actor, RegExp>> = {
  'hr-admin':
    /^(QuestionnaireResponse|Binary|DocumentReference|Communication|Consent|AuditEvent|Bundle|Composition|Media|Provenance|List|Basic)$/,
  concierge: /^(AuditEvent|Group|Subscription)$/,
  sysadmin: /^./,
};

function isNow(period: Provision['period'], now: number): boolean {
  const day = 24 * 3_600_000;
  if (period?.start && Date.parse(period.start) > now) return false;
  return !(period?.end && Date.parse(period.end) + day <= now);
}

function bears(provision: Provision, who: Principal, now: number): boolean {
  const named = provision.actor !== undefined && who.names.includes(provision.actor);
  if (provision.actor === undefined ? !bearing.has(who.actor) : !named) return false;
  if (provision.purpose !== undefined && provision.purpose !== who.purpose) return false;
  return isNow(provision.period, now);
}

/** When a resource is from: [first, last] day it could be, in ms. */
export type DateOf = (resource: Resource) => readonly [number, number];

function isAbout(
  provision: Provision,
  filed: Filed,
  patient: string,
  dateOf: DateOf,
  within?: readonly string[],
): boolean {
  const { resource, patients } = filed;
  if (!patients.includes(patient)) return false;
  const classes = provision.classes ?? within;
  if (classes && !classes.includes(resource.resourceType)) return false;
  if (provision.data) {
    // A birth is no date of care.
    if (resource.resourceType === 'Patient' || resource.resourceType === 'RelatedPerson') return false;
    const [start, end] = dateOf(resource);
    if (end <= Date.parse(provision.data.start)) return false;
    if (start >= Date.parse(provision.data.end) + 24 * 3_600_000) return false;
  }
  if (provision.labels) return opening(provision.labels).some((one) => labelsOf(resource).includes(one));
  return true;
}

/** Whether the scopes of somebody name a row. */
function isNamed({ types, category }: Principal, { resource }: Filed): boolean {
  if (types !== null && !types.includes(resource.resourceType)) return false;
  return category === null || JSON.stringify(resource.category ?? '').includes(`"${category}"`);
}

/** Who works where and what can be had. */
const directory = /^(Organization|Practitioner|HealthcareService)$/;
const reading: ReadonlySet<Actor> = new Set<Actor>(['practitioner', 'concierge', 'self', 'app']);

/** What an employer sees of where it works: itself. */
const isDirectoryOf = ({ actor, names }: Principal, { resourceType, id }: Resource): boolean =>
  reading.has(actor) || (actor === 'hr-admin' && names.includes(`${resourceType}/${id}`));

/** Everything that somebody sees. */
export function visible(
  who: Principal,
  all: readonly Filed[],
  consents: readonly PlainConsent[],
  now: number,
  dateOf: DateOf,
): Filed[] {
  const told = hearing.has(who.actor) ? consents.filter(({ provision }) => bears(provision, who, now)) : [];
  const opened = new Map<string, Set<string>>();
  for (const { patient, provision } of told) {
    if (provision.type !== 'permit' || provision.labels === undefined) continue;
    opened.set(patient, new Set([...(opened.get(patient) ?? []), ...opening(provision.labels)]));
  }
  const isExcepted = ({ provision }: PlainConsent, type: Provision['type'], filed: Filed, patient: string): boolean =>
    provision.except?.type === type &&
    bearsNested(provision.except, who, now) &&
    isAbout(provision.except, filed, patient, dateOf, provision.classes);
  return all.filter((filed) => {
    const { resource, patients } = filed;
    if (never[who.actor]?.test(resource.resourceType) || !isNamed(who, filed)) return false;
    if (directory.test(resource.resourceType)) return who.reach === null || isDirectoryOf(who, resource);
    // A Task is in nobody's record: who works by it sees it.
    if (who.actor === 'concierge' && resource.resourceType === 'Task') return who.names.includes(ownerOf(resource));
    if (patients.length === 0) return who.reach === null;
    // A Group tells who else is in it.
    if (resource.resourceType === 'Group' && who.reach !== null) return false;
    const isDenied = told.some((one) => {
      const { patient, provision } = one;
      if (provision.type === 'permit') return isExcepted(one, 'deny', filed, patient);
      return isAbout(provision, filed, patient, dateOf) && !isExcepted(one, 'permit', filed, patient);
    });
    if (isDenied) return false;
    const isShown = (patient: string): boolean =>
      !closed.has(who.actor) || isOpen(labelsOf(resource), opened.get(patient) ?? new Set());
    // By what they do.
    if (who.reach === null && patients.some(isShown)) return true;
    if (who.reach?.some((patient) => patients.includes(patient) && isShown(patient))) return true;
    // By what a patient permits them.
    return told.some((one) => {
      const { patient, provision } = one;
      if (!isShown(patient) || provision.actor === undefined) return false;
      if (provision.type === 'permit') return isAbout(provision, filed, patient, dateOf);
      return isExcepted(one, 'permit', filed, patient);
    });
  });
}

const ownerOf = ({ owner }: Resource): string => (owner as { reference: string } | undefined)?.reference ?? '';

/** An exception is about whom the Consent is about, unless it names somebody. */
function bearsNested(provision: Provision, who: Principal, now: number): boolean {
  if (provision.actor !== undefined && !who.names.includes(provision.actor)) return false;
  return (provision.purpose === undefined || provision.purpose === who.purpose) && isNow(provision.period, now);
}
