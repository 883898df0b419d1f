import type { DeviceMetric, Extension } from '@medplum/fhirtypes';

import type { FhirContext } from '../fhir/context.ts';
import { invalidResource, ok, type Result, unprocessable } from '../fhir/outcome.ts';
import { parseReference } from '../fhir/reference.ts';
import { inRecordOf, ownerOf } from '../fhir/search/owner.ts';
import { unknownId } from '../fhir/store/read.ts';
import { readOwn } from '../privacy/made.ts';
import type { Measuring } from './device.ts';
import { uuid5 } from './identity.ts';
import { type ItemOutcome, refusedItem, saidOf } from './outcomes.ts';
import { deviceOf, type Passage } from './passage.ts';
import type { Metric, MetricHint, Reading } from './reading.ts';
import { writeOnce } from './written-once.ts';

/** Which of the things that its device measures an Observation is of: R4 has room for the one or the other. */
const metricExtension = 'https://portico.dev/fhir/StructureDefinition/device-metric';

/** A DeviceMetric of ours and the device that it is of. */
export type Metered = { id: string; device: Measuring };

/** DeviceMetrics that one submission may bring. */
const MOST = 200;

/** The Device that it is a part of, as far as it is one of ours. */
async function parentOf(context: FhirContext, passage: Passage, { parent }: MetricHint): Promise<string | null> {
  if (parent === undefined) return null;
  const found = await deviceOf(context, passage, parent);
  // Without a name of its own it would be the source itself.
  return found.ok && found.value.identity !== '' ? found.value.device : null;
}

/** The DeviceMetric of what came along, which is written where it is not there yet. */
async function kept(context: FhirContext, passage: Passage, hint: MetricHint): Promise<Result<Metered>> {
  const { tenant, patient, connection } = passage.link;
  const device = await deviceOf(context, passage, hint.device);
  if (!device.ok) return device;
  const source = device.value.device;
  if (source === null) return unprocessable('It is not known of which Device it is');
  const { said, identifiers, codings } = hint;
  const name = ['DeviceMetric', tenant, patient, source, identifiers[0] ?? null, codings, said.category ?? null];
  const id = uuid5(JSON.stringify(name));
  const parent = await parentOf(context, passage, hint);
  // What is missing is told of by the validator.
  const made = {
    resourceType: 'DeviceMetric',
    id,
    extension: [{ url: inRecordOf, valueReference: { reference: `Patient/${patient}` } }],
    ...(identifiers.length === 0 ? {} : { identifier: identifiers.map((one) => ({ ...one })) }),
    ...said,
    source: { reference: `Device/${source}` },
    ...(parent === null ? {} : { parent: { reference: `Device/${parent}` } }),
  } as DeviceMetric & { id: string };
  const issues = context.validate(made);
  if (issues.some(({ severity }) => severity === 'error' || severity === 'fatal')) return invalidResource(issues);
  await writeOnce(context, connection, made);
  return ok({ id, device: device.value });
}

/** One that is here already: in the record, or unknown. */
async function stored(context: FhirContext, passage: Passage, reference: string): Promise<Result<Metered>> {
  const { tenant, patient } = passage.link;
  const parsed = parseReference(reference);
  const isOurs =
    parsed?.kind === 'literal' && (parsed.base === null || parsed.base === context.settings.baseOf(tenant));
  if (!isOurs || parsed.type !== 'DeviceMetric') return unknownId('DeviceMetric', 'of that reference');
  const found = await readOwn<DeviceMetric>(context, tenant, 'DeviceMetric', parsed.id);
  if (!found.ok) return found;
  const { resource } = found.value;
  const source = resource.source?.reference;
  if (ownerOf({ ...resource }) !== patient || source === undefined) return unknownId('DeviceMetric', parsed.id);
  const device = await deviceOf(context, passage, { identity: source, reference: source });
  return device.ok ? ok({ id: parsed.id, device: device.value }) : device;
}

async function metricOf(
  context: FhirContext,
  passage: Passage,
  metric: NonNullable<Reading['metric']>,
): Promise<Result<Metered>> {
  const key = JSON.stringify(metric);
  const known = passage.metrics.get(key);
  if (known !== undefined) return known;
  if (passage.metrics.size >= MOST) return unprocessable(`One submission names ${MOST} DeviceMetrics at most`);
  const isHere = 'reference' in metric;
  const found = isHere ? await stored(context, passage, metric.reference) : await kept(context, passage, metric);
  passage.metrics.set(key, found);
  return found;
}

/** The device that measured, and what of the Observation tells which of its measurements it is. */
export async function measuredBy(
  context: FhirContext,
  passage: Passage,
  { device: hint, metric }: Pick<Reading, 'device' | 'metric'>,
): Promise<Result<{ device: Measuring; extension: Extension[] }>> {
  const found = metric === undefined ? null : await metricOf(context, passage, metric);
  // One that came along and is not kept is told of as itself, and what it measured is taken.
  if (found !== null && !found.ok && metric !== undefined && 'reference' in metric) return found;
  const device = found?.ok ? ok(found.value.device) : await deviceOf(context, passage, hint);
  if (!device.ok) return device;
  const extension = found?.ok
    ? [{ url: metricExtension, valueReference: { reference: `DeviceMetric/${found.value.id}` } }]
    : [];
  return ok({ device: device.value, extension });
}

/** What became of a DeviceMetric that was sent. */
export async function metricItem(
  context: FhirContext,
  passage: Passage,
  { path, metric }: Metric,
): Promise<ItemOutcome> {
  const found = await metricOf(context, passage, metric);
  return found.ok ? saidOf(path, `It is DeviceMetric/${found.value.id} here`) : refusedItem(path, found);
}
