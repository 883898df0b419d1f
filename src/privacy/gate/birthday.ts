import type { Extension } from '@medplum/fhirtypes';

const zoneUrl = 'http://hl7.org/fhir/StructureDefinition/timezone';

type Aged = {
  birthDate?: string;
  extension?: readonly Extension[];
  address?: readonly { extension?: readonly Extension[] }[];
};

const zoneOf = (extension: readonly Extension[] = []): string | undefined =>
  extension.find(({ url }) => url === zoneUrl)?.valueCode;

/** How far local clocks are before UTC at an instant, in ms; 0 for a zone that is none. */
function offset(zone: string, at: number): number {
  try {
    const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
    const name = format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const [, sign, hours, minutes] = /GMT([+-])(\d\d):(\d\d)/.exec(name) ?? [];
    return sign ? (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000 : 0;
  } catch {
    return 0;
  }
}

/**
 * When a person has their birthday, 00:00 where they live: in the time zone of the Patient, or of an address of theirs; else in
 * UTC. Of a date without a day, or a month, the first is meant: nobody is told longer than they may.
 *
 * @returns ms since 1970; null where it is not known when they were born
 * @see https://hl7.org/fhir/R4/extension-timezone.html
 */
export function birthday({ birthDate, extension, address = [] }: Aged, years: number): number | null {
  const [, year, month = '01', day = '01'] = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?$/.exec(birthDate ?? '') ?? [];
  if (year === undefined) return null;
  const zone =
    zoneOf(extension) ?? address.map((one) => zoneOf(one.extension)).find((one) => one !== undefined) ?? 'UTC';
  const midnight = Date.UTC(Number(year) + years, Number(month) - 1, Number(day));
  return midnight - offset(zone, midnight - offset(zone, midnight));
}
