import { createHmac } from 'node:crypto';

import type { Json } from '../../fhir/context.ts';
import { isDecimal, parseLossless, stringifyLossless } from '../../fhir/lossless.ts';
import { parseReference } from '../../fhir/reference.ts';
import { commonSystems, deIdentifiedElements, hl7Codes, hl7Systems, type Shown } from './de-identify-elements.ts';

/** What a resource is shown to whom, and when. */
export type DeIdentifying = {
  /** 32 bytes, which never leave the server: who has them can tell who is who. */
  key: Uint8Array;
  tenant: number;
  /** To another the same person has another id, so that two cannot put together what they were given. */
  recipient: string;
  /** ms since 1970: how old somebody is. */
  now: number;
};

/** The label of what was de-identified. https://terminology.hl7.org/CodeSystem-v3-ActCode.html */
export const deIdentifiedLabel = { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'DEID' };

const masked = { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/data-absent-reason', code: 'masked' }] };
const ageGroup = 'https://portico.dev/fhir/StructureDefinition/age-group';

/** A digit each. There is no vowel, so that an id is no word or name, and no number, so that it is none of anything. */
const letters = 'bcdfghjkmnpqrtvw';

/** An id that is the same for one recipient each time. */
export function pseudonym({ key, tenant, recipient }: DeIdentifying, type: string, id: string): string {
  const digest = createHmac('sha256', key)
    .update(JSON.stringify([tenant, recipient, type, id]))
    .digest('hex');
  return digest.slice(0, 32).replaceAll(/[0-9a-f]/g, (digit) => letters.charAt(Number.parseInt(digit, 16)));
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !isDecimal(value);

function coding(value: unknown): Json | undefined {
  if (!isObject(value)) return undefined;
  const { system, code } = value;
  if (typeof system !== 'string' || typeof code !== 'string') return undefined;
  const form = commonSystems.find(([uri]) => uri === system)?.[1] ?? (hl7Systems.test(system) ? hl7Codes : null);
  return form?.test(code) ? { system, code } : undefined;
}

function concept(value: unknown): Json {
  const list = isObject(value) && Array.isArray(value.coding) ? value.coding : [];
  const kept = list.flatMap((one) => coding(one) ?? []);
  return kept.length > 0 ? { coding: kept } : masked;
}

function number(value: unknown): unknown {
  const size = Math.abs(Number(isDecimal(value) ? value.rawJSON : value));
  const isShort = (isDecimal(value) ? value.rawJSON : String(value)).replaceAll(/\D/g, '').length <= 7;
  return (typeof value === 'number' || isDecimal(value)) && size < 1e7 && isShort ? value : undefined;
}

/** Of how many of a unit of time 90 years are. */
const ninety: { readonly [unit: string]: number } = { a: 90, mo: 1080, wk: 4696, d: 32_872 };

function quantity(value: unknown): Json | undefined {
  if (!isObject(value)) return undefined;
  const { system, code, comparator } = value;
  const isUcum =
    system === 'http://unitsofmeasure.org' &&
    typeof code === 'string' &&
    /^[^\s\d]{1,20}$|^1$|^10\*\d{1,2}\/\w{1,3}$/.test(code);
  const unit = isUcum ? { system, code } : {};
  const limit = isUcum ? ninety[code] : undefined;
  const amount = number(value.value);
  if (amount === undefined) return undefined;
  if (limit !== undefined && Number(isDecimal(amount) ? amount.rawJSON : amount) >= limit) {
    return { value: limit, comparator: '>=', ...unit };
  }
  const compared = typeof comparator === 'string' && /^[<>]=?$/.test(comparator) ? { comparator } : {};
  return { value: amount, ...compared, ...unit };
}

function year(value: unknown): string | undefined {
  return typeof value === 'string' ? /^\d{4}(?=-|$)/.exec(value)?.[0] : undefined;
}

function period(value: unknown): Json | undefined {
  if (!isObject(value)) return undefined;
  const start = year(value.start);
  const end = year(value.end);
  return start || end ? { ...(start ? { start } : {}), ...(end ? { end } : {}) } : undefined;
}

function address(value: unknown): Json | undefined {
  if (!isObject(value)) return undefined;
  const short = (text: unknown) => (typeof text === 'string' && /^[A-Z]{2,3}$/.test(text) ? text : undefined);
  const [state, country] = [short(value.state), short(value.country)];
  return state || country ? { ...(state ? { state } : {}), ...(country ? { country } : {}) } : undefined;
}

function reference(value: unknown, by: DeIdentifying): Json | undefined {
  const target = isObject(value) && typeof value.reference === 'string' ? parseReference(value.reference) : null;
  if (target?.kind !== 'literal' || target.base !== null || !(target.type in deIdentifiedElements)) return undefined;
  return { reference: `${target.type}/${pseudonym(by, target.type, target.id)}` };
}

/** Who may have been born 90 years ago, by the year alone. */
function isOver89(value: unknown, now: number): boolean {
  const born = Number(year(value));
  return Number.isFinite(born) && new Date(now).getUTCFullYear() - born >= 90;
}

function shown(value: unknown, how: Shown, by: DeIdentifying): unknown {
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value)) {
    const list = value.flatMap((one) => shown(one, how, by) ?? []);
    return list.length > 0 ? list : undefined;
  }
  switch (how) {
    case 'code':
      return typeof value === 'string' && hl7Codes.test(value) ? value : undefined;
    case 'boolean':
      return typeof value === 'boolean' ? value : undefined;
    case 'concept':
      return concept(value);
    case 'coding':
      return coding(value) ?? masked.coding[0];
    case 'number':
      return number(value);
    case 'quantity':
      return quantity(value);
    case 'year':
      return year(value);
    case 'birth':
      return isOver89(value, by.now) ? undefined : year(value);
    case 'period':
      return period(value);
    case 'address':
      return address(value);
    case 'reference':
      return reference(value, by);
    default:
      return isObject(value) ? elements(value, how, by) : undefined;
  }
}

function elements(value: Json, list: { readonly [element: string]: Shown }, by: DeIdentifying): Json | undefined {
  const kept = Object.entries(list).flatMap(([name, how]) => {
    const one = shown(value[name], how, by);
    return one === undefined ? [] : [[name, one]];
  });
  return kept.length > 0 ? (Object.fromEntries(kept) as Json) : undefined;
}

/**
 * What may be known of a resource by who must not know whose it is: the elements of de-identify-elements.ts and no other, under
 * an id that is its recipient's alone.
 *
 * @param content the JSON text of a stored resource
 * @returns JSON text; null for a type that is not shown
 * @see https://www.ecfr.gov/current/title-45/section-164.514
 */
export function deIdentified(content: string, by: DeIdentifying): string | null {
  const resource = parseLossless(content) as Json; // what is stored is a resource
  const type = String(resource.resourceType);
  const list = deIdentifiedElements[type];
  if (!list) return null;
  const isOld = type === 'Patient' && isOver89(resource.birthDate, by.now);
  return stringifyLossless({
    resourceType: type,
    id: pseudonym(by, type, String(resource.id)),
    meta: { security: [deIdentifiedLabel] },
    ...(isOld ? { extension: [{ url: ageGroup, valueString: '90+' }] } : {}),
    ...elements(resource, list, by),
  });
}
