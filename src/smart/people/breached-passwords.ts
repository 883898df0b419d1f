/** What people write in the place of letters. */
const looksLike: Readonly<Record<string, string>> = {
  '@': 'a',
  '4': 'a',
  '3': 'e',
  '1': 'i',
  '!': 'i',
  '0': 'o',
  $: 's',
  '5': 's',
  '7': 't',
};

const lettersOf = (text: string): string => text.replaceAll(/[@4310!$57]/g, (one) => looksLike[one] ?? one);

const trimmed = (text: string): string => text.replaceAll(/^[^\p{L}]+|[^\p{L}]+$/gu, '');

let common: Promise<ReadonlySet<string>> | null = null;

/** 49,000 passwords that were most often found in breaches; loaded when the first password is chosen. */
function commonPasswords(): Promise<ReadonlySet<string>> {
  common ??= import('@zxcvbn-ts/language-common').then(({ dictionary }) => new Set(dictionary['passwords-common']));
  return common;
}

/** The piece that a text consists of, over and over: `abc` of `abcabcabc`. */
const pieceOf = (text: string): string => /^(.+?)\1*$/su.exec(text)?.[1] ?? text;

/** Whether each letter is as far from the one before as the next: 123456, zyxwvu, aaaaaa. */
function isRow(text: string): boolean {
  const codes = [...text].map((one) => one.codePointAt(0) ?? 0);
  const steps = new Set(codes.slice(1).map((code, at) => code - (codes[at] ?? 0)));
  // A row of digits goes on from 9 with 0.
  steps.delete(-9);
  return steps.size <= 1;
}

/**
 * Whether a password is among the first that a guesser tries: one found in breaches, also with digits and signs around it or
 * in the place of letters; a short piece or a row over and over; a word of this very account.
 *
 * @param about words that stand for the account: its name, the person's, this product's
 * @see https://pages.nist.gov/800-63-4/sp800-63b.html#passwordver
 */
export async function isGuessable(password: string, about: readonly string[]): Promise<boolean> {
  const folded = password.toLowerCase();
  const piece = pieceOf(folded);
  if (isRow(folded) || piece.length < 6) return true;
  const known = await commonPasswords();
  const forms = [
    folded,
    piece,
    trimmed(folded),
    trimmed(piece),
    lettersOf(folded),
    lettersOf(trimmed(folded)),
    trimmed(lettersOf(trimmed(folded))),
  ];
  const own = new Set(about.flatMap((one) => [one.toLowerCase(), ...one.toLowerCase().split(/[^\p{L}\p{N}]+/u)]));
  own.delete('');
  return forms.some((form) => form !== '' && (known.has(form) || own.has(form)));
}
