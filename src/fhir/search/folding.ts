// biome-ignore lint/suspicious/noControlCharactersInRegex: the range is ASCII, control characters included.
const ascii = /^[\x00-\x7f]*$/;
const uneven = /^\s|\s$|\s\s|[\t\r\n\f\v]/;

// Accents of Latin, Greek and Cyrillic, points of Hebrew and Arabic. The vowel signs of Indic scripts and the voicing marks of
// Japanese are marks to Unicode too, but without them it is another word.
// biome-ignore lint/suspicious/noMisleadingCharacterClass: ranges of marks, each by itself.
const accents = /[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+/g;

/**
 * Text as string search compares it: without case and accents, white space collapsed to single spaces and trimmed.
 * Compatibility forms (ligatures, full width) fold to their plain letters. Folding folded text changes nothing.
 *
 * @see https://hl7.org/fhir/R4/search.html#string
 */
export function fold(text: string): string {
  const spaced = uneven.test(text) ? text.trim().replace(/\s+/g, ' ') : text;
  if (ascii.test(spaced)) return spaced.toLowerCase();
  // By way of upper case, so that ß is ss, and of lower case before, for ẞ is its own upper case; a final sigma is a sigma,
  // for a prefix may end in the middle of a word.
  const plain = spaced
    .normalize('NFKD')
    .toLowerCase()
    .toUpperCase()
    .toLowerCase()
    .normalize('NFKD')
    .replace(accents, '');
  return plain.toLowerCase().replaceAll('ς', 'σ').normalize('NFC').replace(/\s+/g, ' ').trim();
}

/** Characters of folded text that a side row keeps: an index has no room for more. */
export const longestString = 255;

/** Characters that `:contains` can look for: whatever is no longer lies whole in one of the parts of a long string. */
export const longestWithin = 128;

/** Parts of one string beside its beginning: 25,000 characters; what comes behind is not searched. */
const mostParts = 200;

/** Cut so that no half of a surrogate pair is left at either end. */
function part(text: string, start: number): string {
  const from = isLow(text.charCodeAt(start)) ? start + 1 : start;
  const to = start + longestString;
  return text.slice(from, to < text.length && isLow(text.charCodeAt(to)) ? to - 1 : to);
}

const isLow = (code: number): boolean => code >= 0xdc00 && code <= 0xdfff;

/** The beginning of a folded text, as long as a side row holds. */
export const beginning = (folded: string): string => (folded.length <= longestString ? folded : part(folded, 0));

/** The folded text cut to what a side row holds. */
export const foldedValue = (text: string): string => beginning(fold(text));

/** The parts of a long folded text behind its beginning, each overlapping the one before; none of a short one. */
export function laterParts(folded: string): string[] {
  const parts: string[] = [];
  const step = longestString - longestWithin;
  for (let start = step; start + longestWithin < folded.length && parts.length < mostParts; start += step) {
    parts.push(part(folded, start));
  }
  return parts;
}
