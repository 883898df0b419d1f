import type { Extension, Observation } from '@medplum/fhirtypes';

import type { FhirContext } from '../fhir/context.ts';
import { ok, type Result } from '../fhir/outcome.ts';
import { canonical, timeRefused } from './canonical.ts';
import type { Measuring } from './device.ts';
import { observationId } from './identity.ts';
import { checked, mayOnce, mayWrite } from './may-store.ts';
import { measureOf } from './measures.ts';
import { measuredBy, metricItem } from './metric.ts';
import { observationOf } from './observation.ts';
import { type ItemOutcome, refusedItem, ruledOutItem, saidOf } from './outcomes.ts';
import { isOther, type Link, type Passage } from './passage.ts';
import type { Item, Reading, Whole } from './reading.ts';
import type { ToStore } from './store.ts';
import { unchosen, withoutUnchosen } from './unchosen.ts';

/** An item that may be stored. */
export type Prepared = {
  path: string;
  /** ms since 1970; null: nothing is measured. */
  start: number | null;
  toStore: ToStore;
};

const memoized = <T>(make: () => T): (() => T) => {
  let made: { value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
};

const sourceOf = ({ connection }: Link, { identity }: Measuring): string => `${connection.source}/${identity}`;

const reference = (device: string | null): string | null => (device === null ? null : `Device/${device}`);

/** With what we say of it beside what its sender does. */
const extended = <T extends Partial<Observation>>(of: T, more: readonly Extension[]): T =>
  more.length === 0 ? of : { ...of, extension: [...more, ...(of.extension ?? [])] };

async function prepareReading(context: FhirContext, passage: Passage, reading: Reading): Promise<Result<Prepared>> {
  const { link, received } = passage;
  const { tenant, patient } = link;
  const measure = measureOf(reading.measure);
  if (measure === undefined) throw new Error(`a format gave ${reading.measure}, which is no measure`);
  const value = canonical(reading, received);
  if (!value.ok) return value;
  const measured = await measuredBy(context, passage, reading);
  if (!measured.ok) return measured;
  const { device, extension } = measured.value;
  const source = sourceOf(link, device);
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
    device: reference(device.device),
    gateway: reference(device.gateway),
  };
  const { metric, ...plain } = value.value;
  // Of what was sent nothing differs by which of the things it is that its device measures.
  const said = extension.length === 0 || metric === undefined ? plain : { ...plain, metric };
  const observation = memoized(() => extended(observationOf(value.value, refs), extension));
  const valid = reading.more === undefined ? ok(null) : await checked(context, link, { ...observation(), id });
  if (!valid.ok) return valid;
  const once = measure.tier === 'sample' && reading.more === undefined ? `${measure.id} ${source}` : null;
  const may = mayOnce(context, passage, once, { id, observation });
  if (!may.ok) return may;
  const record = reading.record === undefined ? {} : { record: reading.record, sender: link.connection.source };
  const sender = link.connection.source;
  const toStore: ToStore = { canonical: said, id, source, sender, observation, ...record };
  return ok({ path: reading.path, start: reading.start.at, toStore });
}

const first = (of: Observation): string => {
  const coding = of.code?.coding?.[0];
  return coding ? `${coding.system ?? ''}|${coding.code ?? ''}` : (of.code?.text ?? '');
};

async function prepareWhole(context: FhirContext, passage: Passage, whole: Whole): Promise<Result<Prepared>> {
  const { link, received } = passage;
  const { tenant, patient } = link;
  const { path, start, duration } = whole;
  const time = start === null ? ok(null) : timeRefused({ path, start, duration }, received);
  if (!time.ok) return time;
  const measured = await measuredBy(context, passage, whole);
  if (!measured.ok) return measured;
  const { device, extension } = measured.value;
  const source = sourceOf(link, device);
  const { id: _, meta, subject: __, device: ___, ...rest } = whole.resource;
  const { versionId: _v, lastUpdated: _l, ...kept } = meta ?? {};
  const sent: Observation = {
    ...rest,
    ...(Object.keys(kept).length > 0 ? { meta: kept } : {}),
    subject: { reference: `Patient/${patient}` },
    ...(device.device === null ? {} : { device: { reference: `Device/${device.device}` } }),
  };
  const resource = extended(sent, extension);
  const id = observationId({
    tenant,
    patient,
    source,
    // Of what was at no time, all that it says tells it from others.
    code: whole.start === null ? JSON.stringify(sent) : first(sent),
    start: whole.shown ?? whole.start?.at ?? 0,
    duration: whole.duration,
    components: (resource.component ?? []).map((one) =>
      first({ ...one, resourceType: 'Observation', status: 'final' }),
    ),
  });
  const may = await checked(context, link, { ...resource, id });
  if (!may.ok) return may;
  const allowed = mayWrite(context, passage, id, resource);
  if (!allowed.ok) return allowed;
  const record = whole.record === undefined ? {} : { record: whole.record, sender: link.connection.source };
  const canonical = { ...whole, resource: sent };
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
  if (item.kind === 'metric') return metricItem(context, passage, item);
  if (await isOther(context, passage, item.subject))
    return ruledOutItem(path, 'It is not about the patient that the others are about, and a submission is about one');
  if (item.kind === 'deleted') {
    const toStore: ToStore = { deleted: item.record, source: link.connection.source };
    return { path, start: null, toStore };
  }
  const { measures } = link.connection;
  const outside = unchosen(measures, item);
  if (outside !== null) return ruledOutItem(path, outside);
  const prepared =
    item.kind === 'reading'
      ? await prepareReading(context, passage, withoutUnchosen(measures, item))
      : await prepareWhole(context, passage, item);
  return prepared.ok ? prepared.value : refusedItem(path, prepared);
}
