import { isId } from '../../fhir/reference.ts';
import type { FhirRequest } from '../../fhir/request.ts';
import { isResourceType } from '../../fhir/resources.ts';
import { directoryTypes } from '../gate/directory.ts';

const names = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** Parameters whose values are codes, dates or numbers: they tell what was looked for, and name nobody. */
const told = names(`
  _lastUpdated _count _sort _include _revinclude _summary _elements _total _type _since _at _format _profile _tag _security
  action authored authored-on authoredon category class clinical-status code code-value-quantity combo-code component-code
  created criticality data-absent-reason date effective effective-time end event gender intent issued kind max modality
  onset-date outcome performed period priority procedure-code purpose recorded relationship role sent service-category
  service-type severity specialty start started status subtype type use vaccine-code value-concept value-quantity
  verification-status whenhandedover agent-role entity-role entity-type`);

/** Parameters whose values are ids: those of other people are not told to whom a row is about. */
const identifying = names(`
  _id actor agent appointment author based-on beneficiary care-team context encounter entity focus for general-practitioner
  has-member individual link location medication organization owner part-of participant patient payor performer policy-holder
  practitioner provider recipient requester result service-provider slot source specimen subject target`);

/** Modifiers that leave a value what it is. */
const plain = names('not missing exact in not-in above below iterate');

/** `code` of `code`, `code:not`, `subject:Patient.code` and `_has:Observation:patient:code`; null: its value is not told. */
function codeOf(name: string): string | null {
  if (name.startsWith('_has:')) return name.split(':').at(-1) ?? null;
  const [code = '', modifier] = (name.split('.').at(-1) ?? '').split(':');
  return modifier === undefined || plain.has(modifier) || isResourceType(modifier) ? code : null;
}

const hidden = '***';
/** What is longer, or has a blank in it, is a sentence and no code. */
const free = /%20|\+| |%0|[^\x21-\x7e]/i;
const longest = 200;
const nameForm = /^[A-Za-z_][A-Za-z0-9_.:-]{0,100}$/;

function isOpen(value: string, patient: string | null): boolean {
  if (patient === null || value === patient || value === `Patient/${patient}`) return true;
  const [type = '', id] = value.split('/');
  return id !== undefined && directoryTypes.has(type);
}

function shownValue(name: string, value: string, patient: string | null): string {
  const code = codeOf(name);
  if (code === null || value.length > longest || free.test(value)) return hidden;
  if (told.has(code)) return value;
  if (!identifying.has(code)) return hidden;
  return value
    .replaceAll('%2F', '/')
    .replaceAll('%2C', ',')
    .split(',')
    .map((one) => (isOpen(one, patient) ? one : hidden))
    .join(',');
}

function shownPart(part: string, patient: string | null): string {
  const at = part.indexOf('=');
  const name = (at < 0 ? part : part.slice(0, at)).replaceAll('%3A', ':');
  // A name may be anything that somebody typed, too.
  if (!nameForm.test(name)) return `${hidden}=${hidden}`;
  const value = at < 0 ? '' : part.slice(at + 1);
  return `${name}=${value === '' ? '' : shownValue(name, value, patient)}`;
}

function shownPath(path: readonly string[], patient: string | null): string {
  const shown = path.map((segment, at) => {
    if (isResourceType(segment) || /^(\$[A-Za-z-]+|_search|_history|\*)$/.test(segment)) return segment;
    const isOthers = path[at - 1] === 'Patient' && patient !== null && segment !== patient;
    return isId(segment) && !isOthers ? segment : hidden;
  });
  return shown.join('/');
}

const form = 'application/x-www-form-urlencoded';
/** Parameters that are told of one request. */
const most = 40;

/**
 * What was asked, as the ledger keeps it: `Observation?patient=1&code=8867-4`. Whatever may be a person's name, number or
 * address, and what was typed freely, is three stars.
 *
 * @param patient whom the row is about, who is not told of others; null: nobody
 */
export function askedText({ path, query, method, body, header }: FhirRequest, patient: string | null): string {
  const where = shownPath(path, patient);
  const isForm = method === 'POST' && body !== '' && (header('content-type') ?? '').toLowerCase().startsWith(form);
  const parts = [query, isForm ? body : ''].flatMap((text) => (text === '' ? [] : text.split('&')));
  if (parts.length === 0) return where;
  return `${where}?${parts
    .slice(0, most)
    .map((part) => shownPart(part, patient))
    .join('&')}`;
}
