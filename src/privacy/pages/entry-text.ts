import type { CodeableConcept, Resource } from '@medplum/fhirtypes';

import type { Language } from '../../pages/language.ts';
import { dateInWords } from './times.ts';
import { typeInWords } from './type-words.ts';

/** Elements that say what an entry is, the best first. */
const named = [
  'code',
  'vaccineCode',
  'medicationCodeableConcept',
  'type',
  'category',
  'serviceType',
  'description',
  'title',
] as const;
/** Elements that say when it was. */
const dated = [
  ...[
    'effectiveDateTime',
    'effectivePeriod',
    'occurrenceDateTime',
    'performedDateTime',
    'performedPeriod',
    'onsetDateTime',
  ],
  ...['authoredOn', 'authored', 'recordedDate', 'period', 'start', 'date', 'created', 'issued', 'sent', 'dateTime'],
] as const;

const textOf = (value: unknown): string | null => {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return textOf(value[0]);
  if (typeof value !== 'object' || value === null) return null;
  const { text, coding, display } = value as CodeableConcept & { display?: string }; // an element that names something
  return text ?? coding?.[0]?.display ?? coding?.[0]?.code ?? display ?? null;
};

const dateOf = (value: unknown): string | null => {
  if (typeof value === 'string') return value;
  const start = (value as { start?: unknown } | undefined)?.start;
  return typeof start === 'string' ? start : null;
};

const first = (
  entry: Record<string, unknown>,
  names: readonly string[],
  of: (value: unknown) => string | null,
): string | null => names.map((name) => of(entry[name])).find((text) => text !== null) ?? null;

function valueInWords({ valueQuantity, valueCodeableConcept, valueString }: Record<string, unknown>): string {
  const { value, unit = '' } = (valueQuantity ?? {}) as { value?: unknown; unit?: string }; // checked when it was stored
  if (value !== undefined) return `${value} ${unit}`.trim();
  return textOf(valueCodeableConcept) ?? textOf(valueString) ?? '';
}

/** An entry of a record as its owner knows it: what it is, and when it was. */
export function entryInWords(language: Language, resource: Resource): { what: string; when: string } {
  const entry = resource as unknown as Record<string, unknown>; // any of the types
  const what = resource.resourceType === 'Patient' ? null : first(entry, named, textOf);
  const value = valueInWords(entry);
  const date = first(entry, dated, dateOf);
  return {
    what: [what ?? typeInWords(language, resource.resourceType), value].filter(Boolean).join(': '),
    when: date === null ? '' : dateInWords(language, date),
  };
}
