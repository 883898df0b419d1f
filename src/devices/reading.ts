import type { DeviceMetric, Observation } from '@medplum/fhirtypes';

/** An instant on the clock of a device. */
export type DeviceTime = {
  /** ms since 1970. */
  at: number;
  /** Minutes from UTC that the device showed; 0 where it did not say. */
  zone: number;
};

/** A value as it was sent. */
export type Amount = {
  value: number;
  /** UCUM, or what the format calls it (units.ts knows both); null: the measure has none. */
  unit: string | null;
};

/** What tells of the device that measured; all of it is as it was sent. */
export type DeviceHint = {
  /** What it is told by among the devices of one source: a serial number, an address, a model; null: the source itself. */
  identity: string | null;
  name?: string;
  manufacturer?: string;
  model?: string;
  serial?: string;
  /** A literal reference that the sender knows it by: `Device/1`. */
  reference?: string;
  /** The identifiers of a Device resource that came along. */
  identifiers?: readonly { system: string; value: string }[];
  /** MDC or SNOMED CT. */
  type?: { system: string; code: string; display?: string };
};

/** What tells of one of the things that a device measures: a DeviceMetric that came along. */
export type MetricHint = {
  device: DeviceHint;
  /** Of what it is a part. */
  parent?: DeviceHint;
  identifiers: readonly { system: string; value: string }[];
  /** What it measures: `system|code`. */
  codings: readonly string[];
  /** What it says of itself; nothing in it refers to anything. */
  said: Partial<DeviceMetric>;
};

/** The sender's own name of a record: its second key. */
export type RecordKey = {
  id: string;
  /** Grows with each change; texts are compared by equality alone. */
  version: string | null;
  /**
   * Which reading of the record it is, where one record has many: a measure, a time. A record that is deleted without a part is
   * deleted with all of its parts.
   */
  part?: string;
};

/** One reading of one measure, before it is in our units. What a format gives. */
export type Reading = {
  kind: 'reading';
  /** Where it stands in what was sent, for the answer: `body.heart_rate`, `Bundle.entry[3].resource.valueQuantity`. */
  path: string;
  /** The id of a measure of measures.ts. */
  measure: string;
  start: DeviceTime;
  /** ms; 0: an instant. */
  duration: number;
  /** The value: an amount, a code of the measure's value set (`LA11832-9`), samples, or none where it has components. */
  value: Amount | { code: string; display?: string } | { sampled: Sampled } | null;
  /** By the id of their measure: systolic-blood-pressure. */
  components?: Readonly<Record<string, Amount>>;
  device?: DeviceHint;
  /** Which of the things that the device measures; `reference`: one that is here already. */
  metric?: MetricHint | { reference: string };
  record?: RecordKey;
  /** Further elements of its Observation, which a sample has no room for: bodySite, method, note, interpretation, component. */
  more?: Partial<Observation>;
  /** How sure the device's clock was: one that is not says what its clock showed when ours was read (coincident timestamp). */
  untrustedClock?: true;
  /**
   * ms since 1970 that the device's own clock showed at the start, where `start` has been corrected: the reading's identity is
   * made of it, for a correction comes out otherwise each time.
   */
  shown?: number;
  /** `Patient/1` as the sender said it; absent: that of the connection. */
  subject?: string;
  /** Said by hand and not measured. */
  selfReported?: true;
};

/** Values at equal distances, in one unit. https://hl7.org/fhir/R4/datatypes.html#SampledData */
export type Sampled = { values: readonly (number | null)[] /** ms */; period: number; unit: string | null };

/** An Observation of a code that is none of our measures: kept as it came. */
export type Whole = {
  kind: 'whole';
  path: string;
  resource: Observation;
  start: DeviceTime | null;
  duration: number;
  device?: DeviceHint;
  /** As that of a reading. */
  metric?: Reading['metric'];
  record?: RecordKey;
  subject?: string;
  untrustedClock?: true;
  /** As that of a reading. */
  shown?: number;
};

/** Something that a device can measure. https://hl7.org/fhir/R4/devicemetric.html */
export type Metric = { kind: 'metric'; path: string; metric: MetricHint };

/** The sender has deleted a record: its readings are entered in error. */
export type Deleted = {
  kind: 'deleted';
  path: string;
  record: RecordKey;
  /** As that of a reading. */
  subject?: string;
};

/** What cannot be read: the rest of what was sent still can. */
export type Unreadable = {
  kind: 'unreadable';
  path: string;
  /** A sentence that says what is wrong and what is allowed. */
  why: string;
  code?: 'invalid' | 'structure' | 'required' | 'value' | 'code-invalid' | 'not-supported' | 'business-rule';
};

/** A record in which there is nothing that we keep, and nothing wrong either: a food diary, an empty day. */
export type Nothing = { kind: 'nothing'; path: string; why: string };

export type Item = Reading | Whole | Metric | Deleted | Unreadable | Nothing;
