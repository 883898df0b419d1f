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
const id = /^[A-Za-z0-9\-.]{1,64}$/;
const oid = /^urn:oid:[0-2](?:\.(?:0|[1-9]\d*))+$/;
const uuid = /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const time = /^(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?$/;
const date = /^\d{4}(?:-\d\d(?:-\d\d)?)?$/;
const zoned = String.raw`T(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?(?:Z|[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00))`;
const dateTime = new RegExp(`^\\d{4}(?:-\\d\\d(?:-\\d\\d(?:${zoned})?)?)?$`);
const instant = new RegExp(`^\\d{4}-\\d\\d-\\d\\d${zoned}$`);
const base64 = /^[0-9A-Za-z+/\s]*={0,2}\s*$/;

/** Characters; R4 says 1 MB and means the text. */
const maxString = 1024 * 1024;

const lengths = [0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const two = (text: string, at: number): number => (text.charCodeAt(at) - 48) * 10 + text.charCodeAt(at + 1) - 48;

/** Whether the day at the start of a date, dateTime or instant, known to have its digits in place, exists. */
function exists(text: string): boolean {
  const year = two(text, 0) * 100 + two(text, 2);
  if (year === 0) return false;
  if (text.length < 7) return true;
  const month = two(text, 5);
  if (month < 1 || month > 12) return false;
  if (text.length < 10) return true;
  const day = two(text, 8);
  if (day < 1 || day > (lengths[month] ?? 0)) return false;
  return month !== 2 || day < 29 || (year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0));
}

const isText: Test = (value) =>
  typeof value === 'string' &&
  value.length > 0 &&
  value.length <= maxString &&
  !control.test(value) &&
  value.isWellFormed();

const isUri: Test = (value) => typeof value === 'string' && uri.test(value) && value.isWellFormed();

const isBase64: Test = (value) => {
  if (typeof value !== 'string' || value.length === 0 || !base64.test(value)) return false;
  return (value.length % 4 === 0 && !/\s/.test(value)) || value.replace(/\s+/g, '').length % 4 === 0;
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
  code: (value: unknown): boolean => typeof value === 'string' && code.test(value) && value.isWellFormed(),
  id: (value: unknown): boolean => typeof value === 'string' && id.test(value),
  oid: (value: unknown): boolean => typeof value === 'string' && oid.test(value),
  uuid: (value: unknown): boolean => typeof value === 'string' && uuid.test(value),
  date: (value: unknown): boolean => typeof value === 'string' && date.test(value) && exists(value),
  dateTime: (value: unknown): boolean => typeof value === 'string' && dateTime.test(value) && exists(value),
  instant: (value: unknown): boolean => typeof value === 'string' && instant.test(value) && exists(value),
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
