import type { CopyRow } from './record.ts';

/** One line of the list by year. */
export type Line = { date: string; type: string; title: string };

/** Lines of one year that are kept in memory, and shown. */
const LINES = 500;

type Concept = { text?: unknown; coding?: readonly { display?: unknown; code?: unknown }[] };

/** What names a resource to people, the first of these that it has. */
const naming = [
  'code',
  'medicationCodeableConcept',
  'vaccineCode',
  'type',
  'category',
  'serviceType',
  'description',
  'title',
  'deviceName',
  'name',
  'relationship',
  'class',
] as const;

/** A word for a CodeableConcept, a Coding, a text, or the first of a list of them. */
function wordOf(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return wordOf(value[0]);
  if (typeof value !== 'object' || value === null) return null;
  const { text, coding } = value as Concept;
  const { display, code } = coding?.[0] ?? (value as { display?: unknown; code?: unknown });
  return [text, display, code].find((one) => typeof one === 'string') ?? null;
}

export function titleOf(content: string): string {
  const resource = JSON.parse(content) as Record<string, unknown>;
  for (const name of naming) {
    const word = wordOf(resource[name]);
    if (word !== null && word !== '') return word.slice(0, 200);
  }
  return '';
}

/** What is in a copy, year by year, as far as it is told in plain words. Holds no more than LINES for a year. */
export class Summary {
  /** By year; '' is without a date. */
  readonly #years = new Map<string, { lines: Line[]; count: number }>();

  note({ type, date, content }: CopyRow): void {
    // When somebody was born is not when something was written about them.
    const day = type === 'Patient' || date === null ? '' : date.toISOString().slice(0, 10);
    const year = this.#years.get(day.slice(0, 4)) ?? { lines: [], count: 0 };
    this.#years.set(day.slice(0, 4), year);
    year.count += 1;
    if (year.lines.length < LINES) year.lines.push({ date: day, type, title: titleOf(content) });
  }

  /** The newest year first, in each the newest line first, undated lines last; `more` is how many are not listed. */
  years(): { year: string; lines: readonly Line[]; more: number }[] {
    return [...this.#years]
      .sort(([a], [b]) => (a < b ? 1 : -1))
      .map(([year, { lines, count }]) => ({
        year,
        lines: lines.toSorted((a, b) => (a.date < b.date ? 1 : a.date > b.date ? -1 : 0)),
        more: count - lines.length,
      }));
  }
}
