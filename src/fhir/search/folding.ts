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

/** Characters of folded text that a side row keeps; a longer string is found by its beginning. */
export const longestString = 255;

/** The folded text cut to what a side row holds, never through a surrogate pair. */
export function foldedValue(text: string): string {
  const folded = fold(text);
  if (folded.length <= longestString) return folded;
  const cut = folded.slice(0, longestString);
  const last = cut.charCodeAt(longestString - 1);
  return last >= 0xd800 && last <= 0xdbff ? cut.slice(0, -1) : cut;
}
