import type { Bundle, BundleEntry, DocumentReference } from '@medplum/fhirtypes';

import type { Json } from '../../fhir/context.ts';
import { members } from '../../fhir/json.ts';
import { forbidden, ok, type Result } from '../../fhir/outcome.ts';
import { uuid7 } from '../../fhir/store/uuid.ts';

const act = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';

/** The codes of documents that only this server has a use for. */
export const documentSystem = 'https://portico.dev/fhir/CodeSystem/document';

/** https://www.ecfr.gov/current/title-42/section-2.32 (a)(2) */
const statement = '42 CFR part 2 prohibits unauthorized use or disclosure of these records.';

export type PartTwoDisclosure = {
  /** The Consents under which it is disclosed: `Consent/1`. */
  consents: readonly string[];
  /** ms since 1970. */
  now: number;
};

/** What a record of Part 2 must not leave without: what the law forbids who receives it, and how far the consent goes. */
function noticeOf({ consents, now }: PartTwoDisclosure): DocumentReference {
  const scope =
    consents.length === 0
      ? ''
      : ` They are disclosed under ${consents.join(' and ')}, and may be used as far as that says and no further.`;
  return {
    resourceType: 'DocumentReference',
    meta: { security: [{ system: act, code: 'NORDSCLCD' }] },
    status: 'current',
    type: { coding: [{ system: documentSystem, code: 'part-2-notice' }], text: 'Notice of 42 CFR 2.32' },
    date: new Date(now).toISOString(),
    description: statement + scope,
    content: [{ attachment: { contentType: 'text/plain', data: Buffer.from(statement + scope).toString('base64') } }],
    ...(consents.length > 0 ? { context: { related: consents.map((reference) => ({ reference })) } } : {}),
  };
}

/** Whether anything in a text is labelled as a record of a Part 2 programme. */
export const holdsPartTwo = (text: string): boolean => text.includes('"42CFRPart2"');

/**
 * A Bundle that discloses records of Part 2 with the notice that must go with them: an entry of its own, and labels of the whole.
 * What is no Bundle, or holds none of them, is as it was; a history can hold no other resource, and has the labels alone.
 *
 * @param text the JSON text of a Bundle, without white space between tokens
 */
export function withPart2Notice(text: string, disclosure: PartTwoDisclosure): string {
  if (!text.startsWith('{"resourceType":"Bundle"') || !holdsPartTwo(text)) return text;
  const all = members(text, 0);
  // Its own members are those of a Bundle that this server has written.
  const type = all.find(({ name }) => name === 'type');
  const kind = type && (JSON.parse(text.slice(type.value, type.end)) as Bundle['type']);
  const own = all.find(({ name }) => name === 'meta');
  const before = own ? (JSON.parse(text.slice(own.value, own.end)) as Json) : {};
  const security = [
    ...(Array.isArray(before.security) ? before.security : []),
    ...['42CFRPart2', 'NORDSCLCD'].map((code) => ({ system: act, code })),
  ];
  const meta = `"meta":${JSON.stringify({ ...before, security })}`;
  const entry: BundleEntry = {
    fullUrl: `urn:uuid:${uuid7(disclosure.now)}`,
    resource: noticeOf(disclosure),
    ...(kind === 'searchset' ? { search: { mode: 'include' } } : {}),
  };
  const parts = all.flatMap(({ name, key, end }) => {
    if (name === 'meta') return [];
    const part = text.slice(key, end);
    if (name === 'resourceType') return [part, meta];
    return name === 'entry' && kind !== 'history' ? [`${part.slice(0, -1)},${JSON.stringify(entry)}]`] : [part];
  });
  return `{${parts.join()}}`;
}

/** The code of a DocumentReference that holds the order of a court. */
export const courtOrder = { system: documentSystem, code: 'court-order' } as const;

/** Whether a document is the order of a court about this patient, and in force. */
function isInForce(order: DocumentReference, patient: string, now: number): boolean {
  const { start, end } = order.context?.period ?? {};
  return (
    order.status === 'current' &&
    (order.docStatus === undefined || order.docStatus === 'final' || order.docStatus === 'amended') &&
    order.subject?.reference === `Patient/${patient}` &&
    (order.type?.coding ?? []).some(({ system, code }) => system === courtOrder.system && code === courtOrder.code) &&
    (start === undefined || Date.parse(start) <= now) &&
    (end === undefined || now < Date.parse(end))
  );
}

/**
 * Use in proceedings needs the order of a court that is recorded here, whatever the patient has consented to: else 403.
 *
 * @param purpose what the caller acts for, of v3-ActReason
 * @param orders the orders that were named, as they are stored
 * @param patient the id of the Patient whose record it is
 * @param now ms since 1970
 * @see https://www.ecfr.gov/current/title-42/section-2.61
 */
export function mayUseInProceedings(
  purpose: string,
  orders: readonly DocumentReference[],
  patient: string,
  now: number,
): Result<null> {
  if (purpose !== 'HLEGAL' || orders.some((order) => isInForce(order, patient, now))) return ok(null);
  return forbidden('Use in legal proceedings needs the order of a court that is recorded here and in force');
}
