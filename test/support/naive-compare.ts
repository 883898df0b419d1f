import { createRequire } from 'node:module';

/** [start, end) in ms; infinite where open. */
export type Span = { start: number; end: number };

const dateForm = /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?)?)?$/;

/** Every instant a date stands for, by JavaScript's own calendar. */
export function spanOf(text: string): Span {
  const match = dateForm.exec(text);
  if (!match) throw new Error(`not a date: ${text}`);
  const [, year, month, day, hour, minute, second, fraction, zone = 'Z'] = match;
  const at = (y: number, m: number, d: number) => new Date(0).setUTCFullYear(y, m, d);
  if (month === undefined) return { start: at(Number(year), 0, 1), end: at(Number(year) + 1, 0, 1) };
  const [y, m] = [Number(year), Number(month) - 1];
  if (day === undefined) return { start: at(y, m, 1), end: at(y, m + 1, 1) };
  if (hour === undefined) return { start: at(y, m, Number(day)), end: at(y, m, Number(day) + 1) };
  const start = Date.parse(
    `${text.slice(0, 10)}T${hour}:${minute}:${second ?? '00'}${(fraction ?? '').slice(0, 4)}${zone}`,
  );
  const digits = Math.min((fraction ?? '.').length - 1, 3);
  return { start, end: start + (second === undefined ? 60_000 : 1000 / 10 ** digits) };
}

export type Prefix = 'eq' | 'ne' | 'gt' | 'lt' | 'ge' | 'le' | 'sa' | 'eb' | 'ap';

export function splitPrefix(text: string): [Prefix, string] {
  const match = /^(eq|ne|gt|lt|ge|le|sa|eb|ap)(.*)$/s.exec(text);
  return match ? [match[1] as Prefix, match[2] ?? ''] : ['eq', text]; // the alternatives are the prefixes
}

/** https://hl7.org/fhir/R4/search.html#prefix, of ranges; `wanted` is the search value's. */
export function compareSpans(prefix: Prefix, target: Span, wanted: Span, now: number): boolean {
  const contains = wanted.start <= target.start && target.end <= wanted.end;
  const above = target.end > wanted.end;
  const below = target.start < wanted.start;
  switch (prefix) {
    case 'eq':
      return contains;
    case 'ne':
      return !contains;
    case 'gt':
      return above;
    case 'lt':
      return below;
    case 'ge':
      return above || contains;
    case 'le':
      return below || contains;
    case 'sa':
      return target.start >= wanted.end;
    case 'eb':
      return target.end <= wanted.start;
    case 'ap': {
      // A tenth of the time between now and the date, as the specification proposes.
      const gap = Math.abs(now - (wanted.start + wanted.end) / 2) / 10;
      return target.start < wanted.end + gap && target.end > wanted.start - gap;
    }
  }
}

/** From low to high, both included; the same for a plain number. */
export type Amount = { low: number; high: number };

const round = (value: number): number => (Number.isFinite(value) ? Number(value.toPrecision(12)) : value);

/** Half of the last digit that is written: 5.4 is 0.05, 100 is 0.5, 1e2 is 5. */
function halfDigit(text: string): number {
  const [digits = '', power] = text.toLowerCase().split('e');
  const fraction = digits.split('.')[1] ?? '';
  const exponent = power === undefined ? -fraction.length : Number(power) - Math.max(fraction.length, 1);
  return 0.5 * 10 ** exponent;
}

/** https://hl7.org/fhir/R4/search.html#number; `scale` brings the search value's numbers to the target's unit. */
export function compareAmounts(
  prefix: Prefix,
  target: Amount,
  text: string,
  scale = (value: number) => value,
): boolean {
  const exact = Number(text);
  const half = prefix === 'ap' ? Math.abs(exact) / 10 : halfDigit(text);
  const [low, high] = [round(target.low), round(target.high)];
  const at = round(scale(exact));
  const from = round(scale(exact - half));
  const to = round(scale(exact + half));
  switch (prefix) {
    case 'eq':
      return low >= from && high < to;
    case 'ne':
      return !(low >= from && high < to);
    case 'gt':
      return high > at;
    case 'lt':
      return low < at;
    case 'ge':
      return high >= at;
    case 'le':
      return low <= at;
    case 'sa':
      return low > at;
    case 'eb':
      return high < at;
    case 'ap':
      return low <= to && high >= from;
  }
}

type Ucum = { convertUnitTo(from: string, value: number, to: string): { status: string; toVal: number | null } };

// The package has no types; Ucum names the one function of it that is used.
const ucum = createRequire(import.meta.url)('@lhncbc/ucum-lhc').UcumLhcUtils.getInstance() as Ucum;
const factors = new Map<string, ((value: number) => number) | null>();

/** How a value in one UCUM unit is written in another; null where they are not commensurable. */
export function conversion(from: string, to: string): ((value: number) => number) | null {
  if (from === to) return (value) => value;
  const name = `${from} ${to}`;
  let found = factors.get(name);
  if (found === undefined) {
    const works = ucum.convertUnitTo(from, 1, to).status === 'succeeded';
    found = works ? (value) => ucum.convertUnitTo(from, value, to).toVal ?? Number.NaN : null;
    factors.set(name, found);
  }
  return found;
}

/** Text without case, accents and superfluous space. */
export const plainText = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .trim();
