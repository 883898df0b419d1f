import type { DeviceMetric } from '@medplum/fhirtypes';

import type { Json } from '../../fhir/context.ts';
import type { DeviceHint, Item, MetricHint } from '../reading.ts';
import { hintOfReference } from './fhir-device.ts';
import { codingsOf } from './fhir-value.ts';
import { below, isJson, isTooDeep, objectsOf, textOf, unreadable } from './json.ts';

/** What a DeviceMetric says that is kept of it; none of it refers to anything. */
const KEPT = ['type', 'unit', 'operationalStatus', 'color', 'category', 'measurementPeriod', 'calibration'] as const;

const codesOf = (concept: unknown): string[] =>
  codingsOf(concept).map(({ system, code }) => `${textOf(system) ?? ''}|${textOf(code) ?? ''}`);

/** Without what any element may have beside its own: it could refer to whatever it likes. */
function withoutExtensions(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutExtensions);
  if (!isJson(value)) return value;
  const kept = Object.entries(value).filter(([name]) => name !== 'extension' && !name.startsWith('_'));
  return Object.fromEntries(kept.map(([name, part]) => [name, withoutExtensions(part)]));
}

/** What a DeviceMetric that came along tells; null: it does not say of which device it is. */
function hintOfMetric(metric: Json, devices: ReadonlyMap<string, DeviceHint>): MetricHint | null {
  const device = hintOfReference(metric.source, devices);
  if (device === null) return null;
  const parent = hintOfReference(metric.parent, devices);
  const said = Object.fromEntries(
    KEPT.filter((name) => metric[name] !== undefined).map((name) => [name, withoutExtensions(metric[name])]),
  );
  const identifiers = objectsOf(metric.identifier).flatMap(({ system, value }) =>
    typeof system === 'string' && typeof value === 'string' ? [{ system, value }] : [],
  );
  return {
    device,
    ...(parent === null ? {} : { parent }),
    identifiers,
    codings: codesOf(metric.type),
    // It is checked as a whole before it is stored.
    said: said as Partial<DeviceMetric>,
  };
}

/** The item that a DeviceMetric is. */
export function itemOfMetric(metric: Json, path: string, devices: ReadonlyMap<string, DeviceHint>): Item {
  if (isTooDeep(metric)) return unreadable(path, 'It is nested deeper than a resource may be', 'structure');
  const hint = hintOfMetric(metric, devices);
  const why = 'A DeviceMetric is kept with its Device, which it names by source';
  return hint === null ? unreadable(below(path, 'source'), why, 'required') : { kind: 'metric', path, metric: hint };
}

/** DeviceMetrics that came along. */
export type Metrics = {
  /** By what they are referred to by. */
  named: ReadonlyMap<string, MetricHint>;
  /** By their device and each of their codes. */
  ofDevice: ReadonlyMap<string, MetricHint>;
};

export const noMetrics: Metrics = { named: new Map(), ofDevice: new Map() };

const keyOf = (device: DeviceHint, code: string): string => `${JSON.stringify(device)} ${code}`;

/** @param all each with what it is referred to by */
export function metricsOf(
  all: readonly { metric: Json; names: readonly string[] }[],
  devices: ReadonlyMap<string, DeviceHint>,
): Metrics {
  const named = new Map<string, MetricHint>();
  const ofDevice = new Map<string, MetricHint>();
  for (const { metric, names } of all) {
    const hint = isTooDeep(metric) ? null : hintOfMetric(metric, devices);
    if (hint === null) continue;
    for (const name of names) named.set(name, hint);
    for (const code of hint.codings) ofDevice.set(keyOf(hint.device, code), hint);
  }
  return { named, ofDevice };
}

/**
 * What an Observation was measured by, as a DeviceMetric tells it: one that it names as its device, or one of its device that is of
 * what it measures.
 */
export function metricOf(
  observation: Json,
  device: DeviceHint | null,
  { named, ofDevice }: Metrics,
): MetricHint | { reference: string } | null {
  const reference = isJson(observation.device) ? textOf(observation.device.reference) : null;
  const meant = reference === null ? undefined : named.get(reference);
  if (meant !== undefined) return meant;
  if (reference !== null && /(^|\/)DeviceMetric\//.test(reference)) return { reference };
  if (device === null || ofDevice.size === 0) return null;
  const found = codesOf(observation.code).map((code) => ofDevice.get(keyOf(device, code)));
  return found.find((one) => one !== undefined) ?? null;
}
