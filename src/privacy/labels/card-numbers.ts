import type { Grant } from '../../fhir/access.ts';
import type { FhirContext, Json, Write } from '../../fhir/context.ts';
import type { Parsed } from '../../fhir/json.ts';
import { ok, type Result, unprocessable } from '../../fhir/outcome.ts';

// What may stand between the digits of a card number: a space, a dash of any kind, a dot.
const gap = '[ \\u00a0\\u2009\\u202f.\\u2010-\\u2015-]';

/**
 * Digits in a row, or in the groups in which cards show them; not a piece of a longer row, nor of a decimal. Only the first group
 * is consumed, since a card number may come right behind another number.
 */
const candidates = new RegExp(
  `(?<!\\d)(?<!\\d\\.)(?=(\\d{13,19}(?!\\d)|\\d{4}${gap}\\d{4}${gap}\\d{4}${gap}\\d{1,4}(?:${gap}\\d{1,3})?(?!\\d)|\\d{4}${gap}\\d{6}${gap}\\d{4,5}(?!\\d)))\\d+`,
  'g',
);

/** Whether a text can have any; the text of a whole resource is looked through once by this. */
const possible = new RegExp(`\\d{4}(?:\\d{9}|${gap}(?:\\d{4}${gap}\\d{4}${gap}\\d|\\d{6}${gap}\\d{4}))`);

/** The beginnings of the numbers that issuers give, and how long such a number is. */
const issuers: readonly (readonly [beginning: RegExp, lengths: readonly number[]])[] = [
  [/^4/, [13, 16, 19]],
  [/^5[1-5]/, [16]],
  [/^2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)/, [16]],
  [/^3[47]/, [15]],
  [/^3(?:0[0-5]|[68])/, [14]],
  [/^6(?:011|4[4-9]|5)/, [16, 19]],
  [/^35(?:2[89]|[3-8])/, [16, 19]],
  [/^62/, [16, 17, 18, 19]],
  [/^(?:5018|5020|5038|5893|6304|6759|676[1-3])/, [13, 16, 19]],
];

/** https://www.iso.org/standard/70484.html, annex B */
function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let place = 0; place < digits.length; place++) {
    const digit = digits.charCodeAt(digits.length - 1 - place) - 48;
    const doubled = digit * 2;
    sum += place % 2 === 0 ? digit : doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

const isCard = (digits: string): boolean =>
  issuers.some(([beginning, lengths]) => lengths.includes(digits.length) && beginning.test(digits)) &&
  passesLuhn(digits) &&
  // A digit many times over is a placeholder.
  !/^(.)\1+$/.test(digits);

/**
 * The digits of the first card number in a text, or null.
 *
 * @param longest digits that are taken for one where they stand without gaps
 */
function cardNumberIn(text: string, longest: number): string | null {
  for (const [, found = ''] of text.matchAll(candidates)) {
    const digits = found.replace(/\D/g, '');
    if ((digits !== found || digits.length <= longest) && isCard(digits)) return digits;
  }
  return null;
}

/** Elements that name something in another system's words: a row of digits in them is no card. */
const names: ReadonlySet<string> = new Set([
  'id',
  'reference',
  'system',
  'url',
  'fullUrl',
  'fullURL',
  'versionId',
  'profile',
  'instantiatesUri',
  'implicitRules',
  'hash',
  'udiCarrier',
  'deviceIdentifier',
  'carrierHRF',
  'lotNumber',
  'serialNumber',
]);

/** Types about money: an identifier in them could be that of a card. */
const monetary: ReadonlySet<string> = new Set(['Account', 'Invoice', 'PaymentNotice', 'PaymentReconciliation']);

const readable = /^(?:text\/|application\/(?:(?:fhir\+)?(?:json|xml)|rtf))/i;

const bytesAsText = (data: string): string => Buffer.from(data, 'base64').toString('utf8');

/** What an element says, if it can be read: the bytes of an attachment only where they are text. */
function textOf(name: string, value: unknown, parent: Json, isMonetary: boolean): string | null {
  if (typeof value === 'number') return Number.isInteger(value) && value >= 1e12 ? String(value) : null;
  if (typeof value !== 'string' || names.has(name)) return null;
  if (name === 'data') {
    const { contentType } = parent;
    // The data of a sampled signal are numbers that stand beside each other by chance.
    return typeof contentType === 'string' && readable.test(contentType) ? bytesAsText(value) : null;
  }
  // Identifiers are numbers of others, some of which are made with the same check digit.
  if (name === 'value' && typeof parent.system === 'string' && !isMonetary && /^\d+$/.test(value)) return null;
  return value;
}

/** Where the first card number is, as FHIRPath, with the digits; null: nowhere. */
function find(value: Json, path: string, isMonetary: boolean): { path: string; digits: string } | null {
  for (const [name, member] of Object.entries(value)) {
    const here = Array.isArray(value) ? `${path}[${name}]` : `${path}.${name}`;
    if (typeof member === 'object' && member !== null) {
      const found = find(member as Json, here, isMonetary); // looked at as unknown
      if (found) return found;
      continue;
    }
    const text = textOf(Array.isArray(value) ? '' : name, member, value, isMonetary);
    // Narratives that programs write have numbers of 64 bits in them, as of a seed or a series.
    const digits = text !== null && possible.test(text) ? cardNumberIn(text, name === 'div' ? 16 : 19) : null;
    if (digits !== null) return { path: here, digits };
  }
  return null;
}

/** No number of a payment card is stored, wherever it stands: 422, with the place and its last four digits. */
export function refuseCards(_: FhirContext, __: Grant, { parsed }: Write): Result<Parsed> {
  const { text, resource } = parsed;
  if (!possible.test(text) && !text.includes('"data":"')) return ok(parsed);
  const { resourceType } = resource;
  const found = find(resource, resourceType, monetary.has(resourceType));
  if (!found) return ok(parsed);
  return unprocessable(
    `Here is the number of a payment card, ****${found.digits.slice(-4)}; such numbers are not stored. Take it out, or leave the payment to a processor and name what it gives for it`,
    found.path,
  );
}
