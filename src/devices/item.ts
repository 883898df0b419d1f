import type { Observation } from '@medplum/fhirtypes';

import { admitsChange, type Grant, readsText } from '../fhir/access.ts';
import type { FhirContext, Resource } from '../fhir/context.ts';
import type { Parsed } from '../fhir/json.ts';
import { forbidden, invalidResource, ok, type Result, unprocessable } from '../fhir/outcome.ts';
import { parseReference } from '../fhir/reference.ts';
import { match } from '../fhir/search/match.ts';
import { draft } from '../fhir/store/draft.ts';
import { withLabels } from '../privacy/labels/labelled.ts';
import { canonical } from './canonical.ts';
import type { Connection } from './connections/connection.ts';
import { type Measuring, measuring } from './device.ts';
import { observationId } from './identity.ts';
import { measureOf } from './measures.ts';
import { observationOf } from './observation.ts';
import { type ItemOutcome, refusedItem, ruledOutItem, saidOf } from './outcomes.ts';
import type { DeviceHint, Item, Reading, Whole } from './reading.ts';
import type { ReadingToStore, ToStore } from './store.ts';

/** On whose behalf readings come in, and into whose record. */
export type Link = {
  tenant: number;
  patient: string;
  connection: Connection;
  /** Of who sends; null: a vendor, whom the Consent of the connection alone lets in. */
  grant: Grant | null;
};

/** What is known while the items of one submission are gone through. */
export type Passage = {
  link: Link;
  /** ms since 1970: when it came. */
  received: number;
  /** Devices that came along, by what the other entries refer to them by. */
  devices: ReadonlyMap<string, DeviceHint>;
  /** Ids of the Patients that were referred to, by how they were. */
  subjects: Map<string, string>;
  /** Devices that were met, by their hints. */
  met: Map<string, Result<Measuring>>;
  /** What the grant says of the readings of a series, where it is the same for each. */
  allowed: Map<string, Result<null>>;
};

/** An item that may be stored. */
export type Prepared = {
  path: string;
  /** ms since 1970; null: nothing is measured. */
  start: number | null;
  toStore: ToStore;
};

/** The id of a Patient as a sender refers to them; null: nobody whom they may see. */
export async function patientOf(
  context: FhirContext,
  tenant: number,
  grant: Grant | null,
  subject: string,
): Promise<string | null> {
  const parsed = parseReference(subject);
  if (parsed?.kind === 'literal' && parsed.type === 'Patient')
    return parsed.base === null || parsed.base === context.settings.baseOf(tenant) ? parsed.id : null;
  if (parsed?.kind !== 'conditional' || parsed.type !== 'Patient' || grant === null) return null;
  const found = await match(context, grant, 'Patient', parsed.query);
  const [only, other] = found.ok ? found.value : [];
  return only !== undefined && other === undefined ? only.id : null;
}

async function isOther(context: FhirContext, { link, subjects }: Passage, subject: string | undefined) {
  if (subject === undefined) return false;
  const { tenant, patient, grant } = link;
  const id = subjects.get(subject) ?? (await patientOf(context, tenant, grant, subject)) ?? '';
  subjects.set(subject, id);
  return id !== patient;
}

/** A device that came along; one that is told by nothing but what it is called in a Bundle is told by its name. */
function cameAlong({ reference, identity, ...hint }: DeviceHint): DeviceHint {
  return { ...hint, identity: identity === reference ? (hint.name ?? null) : identity };
}

/** Devices that one submission may bring. */
const MOST_DEVICES = 200;

async function deviceOf(
  context: FhirContext,
  passage: Passage,
  hint: DeviceHint | undefined,
): Promise<Result<Measuring>> {
  const known = hint?.reference === undefined ? undefined : passage.devices.get(hint.reference);
  const meant = known === undefined ? hint : cameAlong(known);
  const key = JSON.stringify(meant ?? null);
  const met = passage.met.get(key);
  if (met !== undefined) return met;
  if (passage.met.size >= MOST_DEVICES) return unprocessable(`One submission names ${MOST_DEVICES} devices at most`);
  const found = await measuring(context, passage.link, meant);
  passage.met.set(key, found);
  return found;
}

/** Whether the grant looks at more of an Observation than its labels and whose it is. */
const looksInside = (grant: Grant): boolean =>
  (grant.types.get('Observation') ?? []).some(readsText) ||
  (grant.denials.get('Observation') ?? []).some((one) => readsText(one) || one.except.some(readsText));

const parsedOf = (observation: Observation): Parsed => {
  const text = JSON.stringify(observation);
  return { text, resource: JSON.parse(text) as Resource }; // an Observation is a resource
};

/** Whether who sends may write this Observation. */
function mayWrite(context: FhirContext, { tenant, grant }: Link, id: string, observation: Observation): Result<null> {
  if (grant === null) return ok(null);
  const { head, tail, row } = draft(context, tenant, withLabels(parsedOf(observation), null, false), id, new Date(0));
  const { patient, patients, labels } = row;
  if (admitsChange(grant, 'Observation', { id, content: `${head}1${tail}`, patient, patients, labels }, 'c'))
    return ok(null);
  return forbidden('Your access does not cover creating this Observation');
}

/** What somebody else has written of an Observation is held to the same as if they had posted it. */
async function checked(context: FhirContext, { grant }: Link, observation: Observation): Promise<Result<null>> {
  const issues = context.validate(observation);
  if (issues.some(({ severity }) => severity === 'error' || severity === 'fatal')) return invalidResource(issues);
  if (grant === null || context.prepareWrite === undefined) return ok(null);
  const write = { parsed: parsedOf(observation), stored: null, reason: null };
  const prepared = await context.prepareWrite(context, grant, write);
  return prepared.ok ? ok(null) : prepared;
}

const memoized = <T>(make: () => T): (() => T) => {
  let made: { value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
};

/** @param once what names the readings of which the grant says the same; null: only this one is such */
function mayOnce(
  context: FhirContext,
  link: Link,
  allowed: Map<string, Result<null>>,
  once: string | null,
  { id, observation }: Pick<ReadingToStore, 'id' | 'observation'>,
): Result<null> {
  if (link.grant === null) return ok(null);
  const name = once === null || looksInside(link.grant) ? null : once;
  const known = name === null ? undefined : allowed.get(name);
  const found = known ?? mayWrite(context, link, id, observation());
  if (name !== null) allowed.set(name, found);
  return found;
}

const sourceOf = ({ connection }: Link, { identity }: Measuring): string => `${connection.source}/${identity}`;

const reference = (device: string | null): string | null => (device === null ? null : `Device/${device}`);

async function prepareReading(context: FhirContext, passage: Passage, reading: Reading): Promise<Result<Prepared>> {
  const { link, received, allowed } = passage;
  const { tenant, patient } = link;
  const measure = measureOf(reading.measure);
  if (measure === undefined) throw new Error(`a format gave ${reading.measure}, which is no measure`);
  const value = canonical(reading, received);
  if (!value.ok) return value;
  const device = await deviceOf(context, passage, reading.device);
  if (!device.ok) return device;
  const source = sourceOf(link, device.value);
  const id = observationId({
    tenant,
    patient,
    source,
    code: measure.codings[0]?.code ?? measure.id,
    start: reading.shown ?? reading.start.at,
    duration: reading.duration,
    components: Object.keys(reading.components ?? {}),
  });
  const refs = {
    patient: `Patient/${patient}`,
    device: reference(device.value.device),
    gateway: reference(device.value.gateway),
  };
  const observation = memoized(() => observationOf(value.value, refs));
  const valid = reading.more === undefined ? ok(null) : await checked(context, link, { ...observation(), id });
  if (!valid.ok) return valid;
  const once = measure.tier === 'sample' && reading.more === undefined ? `${measure.id} ${source}` : null;
  const may = mayOnce(context, link, allowed, once, { id, observation });
  if (!may.ok) return may;
  const record = reading.record === undefined ? {} : { record: reading.record, sender: link.connection.source };
  const sender = link.connection.source;
  const toStore: ToStore = { canonical: value.value, id, source, sender, observation, ...record };
  return ok({ path: reading.path, start: reading.start.at, toStore });
}

const first = (of: Observation): string => {
  const coding = of.code?.coding?.[0];
  return coding ? `${coding.system ?? ''}|${coding.code ?? ''}` : (of.code?.text ?? '');
};

async function prepareWhole(context: FhirContext, passage: Passage, whole: Whole): Promise<Result<Prepared>> {
  const { link } = passage;
  const { tenant, patient } = link;
  const device = await deviceOf(context, passage, whole.device);
  if (!device.ok) return device;
  const source = sourceOf(link, device.value);
  const { id: _, meta, subject: __, device: ___, ...rest } = whole.resource;
  const { versionId: _v, lastUpdated: _l, ...kept } = meta ?? {};
  const resource: Observation = {
    ...rest,
    ...(Object.keys(kept).length > 0 ? { meta: kept } : {}),
    subject: { reference: `Patient/${patient}` },
    ...(device.value.device === null ? {} : { device: { reference: `Device/${device.value.device}` } }),
  };
  const id = observationId({
    tenant,
    patient,
    source,
    // Of what was at no time, all that it says tells it from others.
    code: whole.start === null ? JSON.stringify(resource) : first(resource),
    start: whole.shown ?? whole.start?.at ?? 0,
    duration: whole.duration,
    components: (resource.component ?? []).map((one) =>
      first({ ...one, resourceType: 'Observation', status: 'final' }),
    ),
  });
  const may = await checked(context, link, { ...resource, id });
  if (!may.ok) return may;
  const allowed = mayWrite(context, link, id, resource);
  if (!allowed.ok) return allowed;
  const record = whole.record === undefined ? {} : { record: whole.record, sender: link.connection.source };
  const canonical = { ...whole, resource };
  return ok({
    path: whole.path,
    start: whole.start?.at ?? null,
    toStore: { canonical, id, source, sender: link.connection.source, observation: () => resource, ...record },
  });
}

/** An item as it is stored, or what became of it before. */
export async function prepare(context: FhirContext, passage: Passage, item: Item): Promise<Prepared | ItemOutcome> {
  const { path } = item;
  const { link } = passage;
  if (item.kind === 'unreadable') return ruledOutItem(path, item.why, '422', item.code ?? 'invalid');
  if (item.kind === 'nothing') return saidOf(path, item.why);
  if (item.kind === 'deleted') {
    const toStore: ToStore = { deleted: item.record, source: link.connection.source };
    return { path, start: null, toStore };
  }
  if (await isOther(context, passage, item.subject))
    return ruledOutItem(path, 'It is not about the patient that the others are about, and a submission is about one');
  const { measures } = link.connection;
  if (item.kind === 'reading' && measures !== null && !measures.includes(item.measure))
    return ruledOutItem(path, `The patient has not chosen ${item.measure} to be brought from here`);
  if (item.kind === 'whole' && measures !== null)
    return ruledOutItem(path, 'The patient has chosen what is brought from here, and this is nothing of it');
  const prepared =
    item.kind === 'reading' ? await prepareReading(context, passage, item) : await prepareWhole(context, passage, item);
  return prepared.ok ? prepared.value : refusedItem(path, prepared);
}
