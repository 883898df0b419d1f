/**
 * The formats of R4's primitive types, each as a test of a JSON value. Stricter than the published regexes only where those
 * let through what does not exist: 30 February, a number beyond double precision, control characters, half a surrogate pair.
 *
 * @see https://hl7.org/fhir/R4/datatypes.html#primitive
 */
type Test = (value: unknown) => boolean;

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const control = /[\0-\x08\x0b\x0c\x0e-\x1f]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const code = /^[^\s\0-\x1f]+(?:\s[^\s\0-\x1f]+)*$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const uri = /^[^\s\0-\x1f]+$/;
const oid = /^urn:oid:[0-2](?:\.(?:0|[1-9]\d*))+$/;
const uuid = /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const time = /^(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?$/;
const base64 = /^[0-9A-Za-z+/]+={0,2}$/;

/** Characters; R4 says 1 MB and means the text. */
const maxString = 1024 * 1024;
/** Below this, walking a text's characters is quicker than starting a regular expression on it. */
const short = 80;

const isText: Test = (value) => {
  if (typeof value !== 'string') return false;
  const { length } = value;
  if (length === 0 || length > maxString) return false;
  if (length > short) return !control.test(value) && value.isWellFormed();
  for (let at = 0; at < length; at++) {
    const character = value.charCodeAt(at);
    if (character < 32 && character !== 9 && character !== 10 && character !== 13) return false;
    if (character >= 0xd800 && character <= 0xdfff) return !control.test(value) && value.isWellFormed();
  }
  return true;
};

/** The last good one of each length: code systems and profiles come again and again, and comparing is quicker than reading. */
const recentUris: string[] = new Array(128).fill('');

const isUri: Test = (value) => {
  if (typeof value !== 'string' || value.length === 0) return false;
  const place = value.length & 127;
  if (recentUris[place] === value) return true;
  for (let at = 0; at < value.length; at++) {
    const character = value.charCodeAt(at);
    if (character <= 32) return false;
    if (character > 126) return uri.test(value) && value.isWellFormed();
  }
  if (value.length < 128) recentUris[place] = value;
  return true;
};

const isCode: Test = (value) => {
  if (typeof value !== 'string') return false;
  // Before the first character and after the last a space is as wrong as after a space.
  let before = 32;
  for (let at = 0; at < value.length; at++) {
    const character = value.charCodeAt(at);
    if (character < 32 || character > 126) return code.test(value) && value.isWellFormed();
    if (character === 32 && before === 32) return false;
    before = character;
  }
  return before !== 32;
};

const isId: Test = (value) => {
  if (typeof value !== 'string' || value.length === 0 || value.length > 64) return false;
  for (let at = 0; at < value.length; at++) {
    const character = value.charCodeAt(at);
    const lower = character | 32;
    if ((lower >= 97 && lower <= 122) || (character >= 48 && character <= 57)) continue;
    if (character !== 45 && character !== 46) return false;
  }
  return true;
};

const lengths = [0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const isDigit = (character: number): boolean => character >= 48 && character <= 57;

/** The number of two digits at a place; NaN where there are not two. */
function two(text: string, at: number): number {
  const tens = text.charCodeAt(at);
  const ones = text.charCodeAt(at + 1);
  return isDigit(tens) && isDigit(ones) ? (tens - 48) * 10 + ones - 48 : Number.NaN;
}

/** Whether a text begins with YYYY, YYYY-MM or YYYY-MM-DD that exists, as far as `length` says. */
function isDay(text: string, length: number): boolean {
  const year = two(text, 0) * 100 + two(text, 2);
  if (!(year > 0)) return false;
  if (length === 4) return true;
  const month = two(text, 5);
  if (text.charCodeAt(4) !== 45 || !(month >= 1 && month <= 12)) return false;
  if (length === 7) return true;
  const day = two(text, 8);
  if (length !== 10 || text.charCodeAt(7) !== 45 || !(day >= 1 && day <= (lengths[month] ?? 0))) return false;
  return month !== 2 || day < 29 || (year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0));
}

/** Whether a text ends, from a place on, with a time zone: Z, or +14:00 at most. */
function isZone(text: string, at: number): boolean {
  const sign = text.charCodeAt(at);
  if (sign === 90) return text.length === at + 1;
  if ((sign !== 43 && sign !== 45) || text.length !== at + 6 || text.charCodeAt(at + 3) !== 58) return false;
  const hours = two(text, at + 1);
  const minutes = two(text, at + 4);
  return (hours <= 13 && minutes <= 59) || (hours === 14 && minutes === 0);
}

const isInstant: Test = (value) => {
  if (typeof value !== 'string' || value.length < 20 || value.length > short || !isDay(value, 10)) return false;
  if (value.charCodeAt(10) !== 84 || value.charCodeAt(13) !== 58 || value.charCodeAt(16) !== 58) return false;
  if (!(two(value, 11) <= 23 && two(value, 14) <= 59 && two(value, 17) <= 60)) return false;
  let at = 19;
  if (value.charCodeAt(at) === 46) {
    at++;
    if (!isDigit(value.charCodeAt(at))) return false;
    while (isDigit(value.charCodeAt(at))) at++;
  }
  return isZone(value, at);
};

const isBase64: Test = (value) => {
  if (typeof value !== 'string') return false;
  const text = /\s/.test(value) ? value.replace(/\s+/g, '') : value;
  return text.length % 4 === 0 && base64.test(text);
};

const whole =
  (from: number): Test =>
  (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= from && value <= 2147483647;

/** FHIR type name → whether a JSON value is one. `xhtml` is checked by narrative.ts beyond being text. */
export const primitives = {
  boolean: (value: unknown): boolean => value === true || value === false,
  integer: whole(-2147483648),
  unsignedInt: whole(0),
  positiveInt: whole(1),
  decimal: (value: unknown): boolean => typeof value === 'number' && value - value === 0,
  string: isText,
  markdown: isText,
  uri: isUri,
  url: isUri,
  canonical: isUri,
  code: isCode,
  id: isId,
  oid: (value: unknown): boolean => typeof value === 'string' && oid.test(value),
  uuid: (value: unknown): boolean => typeof value === 'string' && uuid.test(value),
  date: (value: unknown): boolean => typeof value === 'string' && isDay(value, value.length),
  dateTime: (value: unknown): boolean =>
    typeof value === 'string' && (value.length > 10 ? isInstant(value) : isDay(value, value.length)),
  instant: isInstant,
  time: (value: unknown): boolean => typeof value === 'string' && time.test(value),
  base64Binary: isBase64,
  xhtml: (value: unknown): boolean => typeof value === 'string' && value.length > 0 && value.isWellFormed(),
} satisfies Record<string, Test>;

/** FHIR type name → what is allowed, as the end of a sentence. */
export const allowed: Readonly<Record<keyof typeof primitives, string>> = {
  boolean: 'true or false',
  integer: 'a whole number from -2147483648 to 2147483647',
  unsignedInt: 'a whole number from 0 to 2147483647',
  positiveInt: 'a whole number from 1 to 2147483647',
  decimal: 'a finite JSON number',
  string: 'text of 1 to 1048576 characters without control characters',
  markdown: 'text of 1 to 1048576 characters without control characters',
  uri: 'a URI without spaces',
  url: 'a URL without spaces',
  canonical: 'a canonical URL without spaces',
  code: 'a code: text without leading, trailing or double spaces',
  id: 'an id: 1 to 64 of A-Z a-z 0-9 - and .',
  oid: 'an OID such as urn:oid:1.2.3',
  uuid: 'a UUID such as urn:uuid:c757873d-ec9a-4326-a141-556f43239520',
  date: 'a date that exists: YYYY, YYYY-MM or YYYY-MM-DD',
  dateTime: 'a date that exists: YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mm:ss with a time zone',
  instant: 'an instant: YYYY-MM-DDThh:mm:ss with a time zone, on a day that exists',
  time: 'a time: hh:mm:ss',
  base64Binary: 'base64: groups of four of A-Z a-z 0-9 + / and =',
  xhtml: 'XHTML in one div',
};
