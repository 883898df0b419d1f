import type { Coding } from '@medplum/fhirtypes';

/** What can be measured, and how we keep it. */
export type Measure = {
  /** `heart-rate`; part of what is stored, never changed. */
  id: string;
  title: { en: string; fr: string };
  /** LOINC first, then MDC; the first one is of no other measure. A code of our own where LOINC has none. */
  codings: readonly Coding[];
  /** Codes that are this measure too where somebody else writes them, and that we do not write. */
  also?: readonly Coding[];
  /** http://terminology.hl7.org/CodeSystem/observation-category */
  category: 'vital-signs' | 'activity' | 'laboratory' | 'procedure' | 'social-history';
  /** The one UCUM unit in which it is kept; null: it has no amount. */
  unit: { code: string; text: string } | null;
  /** Outside of it nothing alive can be, in the unit; null: it has no amount. */
  range: Range | null;
  /** What is usual for an adult, and who says so. */
  usual?: Range & { source: string };
  /** Where its readings go: high-rate amounts are samples. */
  tier: 'sample' | 'observation';
  kind: 'quantity' | 'code' | 'components' | 'sampled';
  /** A StructureDefinition that its Observations keep to. */
  profile: string | null;
  /** How a span of time is summed up; null: it is not. */
  roll: 'sum' | 'mean' | null;
  /** Ids of the measures that it consists of: all must be there. */
  components?: readonly string[];
  /** Ids of measures that may come with it. */
  further?: readonly string[];
  /** Digits after the point that a person reads. */
  decimals: number;
  /** What a code may be; `kind` is `code`. */
  codes?: readonly (Coding & { code: string; display: string })[];
  /** g/mol, where mass and amount of substance are turned into each other. */
  molecularWeight?: number;
};

/** Both ends belong to it. */
export type Range = { low: number; high: number };

const coding =
  (system: string) =>
  (code: string, display: string): Coding & { code: string; display: string } => ({ system, code, display });

export const loincSystem = 'http://loinc.org';

/** ISO/IEEE 11073-10101. https://terminology.hl7.org/NamingSystem-v3-mdc.html */
export const mdcSystem = 'urn:iso:std:iso:11073:10101';

/** Codes of measures that LOINC has none for: their ids. */
export const localSystem = 'https://portico.dev/fhir/CodeSystem/measure';

export const loinc = coding(loincSystem);
export const mdc = coding(mdcSystem);
export const local = coding(localSystem);

/** A profile of R4's vital signs. https://hl7.org/fhir/R4/observation-vitalsigns.html */
export const vitalSign = (name: string): string => `http://hl7.org/fhir/StructureDefinition/${name}`;
