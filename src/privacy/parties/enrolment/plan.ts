import type { Bundle, BundleEntry, Coverage, Patient, Provenance, RelatedPerson, Resource } from '@medplum/fhirtypes';

import type { FhirContext, Json } from '../../../fhir/context.ts';
import { invalidResource, ok, type Result } from '../../../fhir/outcome.ts';
import { uuid7 } from '../../../fhir/store/uuid.ts';
import { resourcesOf } from '../rows.ts';
import { type Fed, numberOf } from './read-feed.ts';

export type Employer = { tenant: number; organization: string; system: string };

/** What is written for one entry: a new resource, or what is stored already with what was fed. */
type Write = {
  fullUrl: string;
  isNew: boolean;
  resource: Json & { resourceType: string };
  elements: string[];
  unless?: string;
};

/** Under what name a reference inside of the feed is known in the transaction: `urn:uuid:…` or `Patient/1`. */
type Names = Map<string, string>;

const minorTag = { system: 'https://portico.dev/fhir/CodeSystem/tag', code: 'dependent-minor' };
const employment = { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'EMP' };

const refused = (diagnostics: string) =>
  invalidResource([{ severity: 'error', code: 'business-rule', diagnostics, expression: 'Bundle.entry' }]);

const elementsOf = (resource: Json): string[] => Object.keys(resource).filter((name) => name !== 'resourceType');

const referenceOf = (resource: Json, element: string): string | undefined => {
  const value = resource[element];
  // What was kept of it is a reference.
  return (value as { reference?: string } | undefined)?.reference;
};

/** Every reference of a fed resource, by what it is in the transaction; the first that leads nowhere. */
function relinked(value: unknown, names: Names, allowed: ReadonlySet<string>): { value: unknown; lost: string | null } {
  let lost: string | null = null;
  const walk = (one: unknown): unknown => {
    if (Array.isArray(one)) return one.map(walk);
    if (typeof one !== 'object' || one === null) return one;
    return Object.fromEntries(
      Object.entries(one).map(([key, part]) => {
        if (key !== 'reference' || typeof part !== 'string') return [key, walk(part)];
        const name = names.get(part) ?? (allowed.has(part) ? part : null);
        if (name === null) lost ??= part;
        return [key, name ?? part];
      }),
    );
  };
  return { value: walk(value), lost };
}

async function patientWrite(
  context: FhirContext,
  employer: Employer,
  { fullUrl, resource, isMinor }: Fed,
): Promise<Result<Write>> {
  const { tenant, system } = employer;
  // Its elements are those of the list.
  const fed = resource as unknown as Patient;
  const number = numberOf(fed, system);
  const token = `${number?.system}|${number?.value}`;
  const known = await resourcesOf<Patient>(context, { tenant, type: 'Patient', criteria: { identifier: token } });
  const elements = elementsOf(resource);
  const [stored] = known;
  if (known.length > 1) return refused(`Several people have the number ${number?.value}`);
  const meta = {
    tag: [...(stored?.meta?.tag ?? []).filter(({ code }) => code !== minorTag.code), ...(isMinor ? [minorTag] : [])],
  };
  const tagged = meta.tag.length > 0 ? { meta: { ...stored?.meta, ...meta } } : {};
  if (!stored)
    return ok({ fullUrl, isNew: true, resource: { ...resource, ...tagged }, elements, unless: `identifier=${token}` });
  const others = (stored.identifier ?? []).filter((one) => `${one.system}|${one.value}` !== token);
  const identifier = [...others, ...(fed.identifier ?? [])];
  return ok({
    fullUrl,
    isNew: false,
    resource: { ...stored, ...resource, identifier, ...tagged } as unknown as Write['resource'],
    elements,
  });
}

/** What is stored already of the same plan of the same person, or of the same relation. */
async function storedLike(
  context: FhirContext,
  { tenant, organization }: Employer,
  resource: Json,
): Promise<Resource | null> {
  const type = String(resource.resourceType);
  const element = type === 'Coverage' ? 'beneficiary' : 'patient';
  const person = referenceOf(resource, element);
  if (!person?.startsWith('Patient/')) return null;
  const patients = [person.slice('Patient/'.length)];
  if (type === 'Coverage') {
    const criteria = { 'policy-holder': `Organization/${organization}` };
    const all = await resourcesOf<Coverage>(context, { tenant, type, criteria, patients });
    // Checked by the list of elements.
    const fed = resource as unknown as Coverage;
    const payors = new Set(fed.payor?.map(({ reference }) => reference));
    return all.find(({ payor }) => payor.some(({ reference }) => payors.has(reference))) ?? null;
  }
  const all = await resourcesOf<RelatedPerson>(context, { tenant, type, patients });
  const fed = resource as unknown as RelatedPerson;
  const numbers = new Set(fed.identifier?.map(({ system, value }) => `${system}|${value}`));
  return (
    all.find(({ identifier = [] }) => identifier.some(({ system, value }) => numbers.has(`${system}|${value}`))) ?? null
  );
}

async function otherWrite(
  context: FhirContext,
  employer: Employer,
  { fullUrl, resource }: Fed,
  names: Names,
  allowed: ReadonlySet<string>,
  minors: ReadonlySet<string>,
): Promise<Result<Write>> {
  const own = `Organization/${employer.organization}`;
  const elements = elementsOf(resource);
  if (resource.resourceType === 'Organization') {
    const [stored] = await resourcesOf<Json>(context, {
      tenant: employer.tenant,
      type: 'Organization',
      ids: [employer.organization],
    });
    if (resource.id !== employer.organization || !stored) return refused(`The Organization of this feed is ${own}`);
    return ok({ fullUrl: own, isNew: false, resource: { ...stored, ...resource }, elements });
  }
  const { value, lost } = relinked(resource, names, allowed);
  if (lost !== null) return refused(`${lost} is neither in this feed nor an Organization that is known here`);
  const linked = value as Write['resource'];
  if (linked.resourceType === 'Coverage' && (referenceOf(linked, 'policyHolder') ?? own) !== own)
    return refused(`Coverage.policyHolder must be ${own}`);
  if (linked.resourceType === 'Coverage') linked.policyHolder = { reference: own };
  if (linked.resourceType === 'Observation' && minors.has(referenceOf(resource, 'subject') ?? ''))
    return refused('Of who is not of age nothing is told but that they are on a plan');
  if (linked.resourceType === 'Observation')
    return ok({ fullUrl, isNew: true, resource: { ...linked, meta: { security: [employment] } }, elements });
  const stored = await storedLike(context, employer, linked);
  // What is stored is a resource, too.
  const whole = stored === null ? linked : ({ ...stored, ...linked } as unknown as Write['resource']);
  return ok({ fullUrl, isNew: stored === null, resource: whole, elements });
}

/** From whom it is known, element by element. https://hl7.org/fhir/R4/provenance.html */
function provenanceOf(
  { isNew, elements, resource }: Write,
  target: string,
  organization: string,
  now: number,
): Provenance {
  const path = 'http://hl7.org/fhir/StructureDefinition/targetPath';
  const person = ['beneficiary', 'patient', 'subject'].flatMap((element) => referenceOf(resource, element) ?? []);
  return {
    resourceType: 'Provenance',
    // Of the record it is in, too, so that it is found there.
    target: [
      { extension: elements.map((valueString) => ({ url: path, valueString })), reference: target },
      ...person.map((reference) => ({ reference })),
    ],
    recorded: new Date(now).toISOString(),
    activity: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-DataOperation', code: isNew ? 'CREATE' : 'UPDATE' }],
    },
    agent: [
      {
        type: {
          coding: [{ system: 'http://terminology.hl7.org/CodeSystem/provenance-participant-type', code: 'author' }],
        },
        who: { reference: `Organization/${organization}` },
      },
    ],
  };
}

function entryOf({ fullUrl, isNew, resource, unless }: Write): BundleEntry {
  // Its elements are those of the list, and it is checked when it is stored.
  const stored = resource as unknown as Resource;
  const type = resource.resourceType as Resource['resourceType'];
  if (isNew)
    return {
      fullUrl,
      resource: stored,
      request: { method: 'POST', url: type, ...(unless ? { ifNoneExist: unless } : {}) },
    };
  const version = stored.meta?.versionId;
  return {
    resource: stored,
    request: { method: 'PUT', url: `${type}/${stored.id}`, ...(version ? { ifMatch: `W/"${version}"` } : {}) },
  };
}

/** What is written for a feed, in one transaction; the first entries are those of the feed. */
export async function planFeed(context: FhirContext, employer: Employer, fed: readonly Fed[]): Promise<Result<Bundle>> {
  const names: Names = new Map();
  const writes: Write[] = [];
  for (const one of fed) {
    if (one.resource.resourceType !== 'Patient') continue;
    const write = await patientWrite(context, employer, one);
    if (!write.ok) return write;
    writes.push(write.value);
    names.set(one.fullUrl, write.value.isNew ? one.fullUrl : `Patient/${write.value.resource.id}`);
  }
  const minors = new Set(fed.flatMap(({ isMinor, fullUrl }) => (isMinor ? [fullUrl] : [])));
  const allowed = await knownOrganizations(context, employer, fed);
  for (const one of fed) {
    if (one.resource.resourceType === 'Patient') continue;
    const write = await otherWrite(context, employer, one, names, allowed, minors);
    if (!write.ok) return write;
    writes.push(write.value);
  }
  const now = context.now();
  const provenances = writes.map((write): BundleEntry => {
    const target = write.isNew ? write.fullUrl : `${write.resource.resourceType}/${write.resource.id}`;
    const resource = provenanceOf(write, target, employer.organization, now);
    return { fullUrl: `urn:uuid:${uuid7(now)}`, resource, request: { method: 'POST', url: 'Provenance' } };
  });
  return ok({ resourceType: 'Bundle', type: 'transaction', entry: [...writes.map(entryOf), ...provenances] });
}

/** The Organizations that the feed names and that there are. */
async function knownOrganizations(
  context: FhirContext,
  { tenant }: Employer,
  fed: readonly Fed[],
): Promise<ReadonlySet<string>> {
  const named = JSON.stringify(fed).matchAll(/"Organization\/([A-Za-z0-9.-]{1,64})"/g);
  const ids = [...new Set([...named].flatMap(([, id]) => id ?? []))];
  if (ids.length === 0) return new Set();
  const found = await resourcesOf<{ id: string }>(context, { tenant, type: 'Organization', ids });
  return new Set(found.map(({ id }) => `Organization/${id}`));
}
