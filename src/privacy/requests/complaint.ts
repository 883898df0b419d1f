import { createHmac } from 'node:crypto';
import { isIPv6 } from 'node:net';

import type { Communication, Reference, Task } from '@medplum/fhirtypes';

import type { FhirContext } from '../../fhir/context.ts';
import { invalid, ok, type Result, tooManyRequests } from '../../fhir/outcome.ts';
import { uuid7 } from '../../fhir/store/uuid.ts';
import { storeMade } from '../made.ts';
import { requestSystem } from './request-codes.ts';
import { parameterType, requestOf } from './requests.ts';

export type Complaint = {
  text: string;
  /** How an answer reaches them: an address, a number, a name; '' where they have an account here. */
  contact: string;
  /** What or whom it is about, in their words. */
  about?: string;
  /** The id of the patient who complains, where they have shown who they are. */
  patient?: string;
  /** Who complains, where they have shown it. */
  by?: Reference;
  /** Where it comes from, such as an address of the Internet: so much is taken from one place. */
  from: string;
};

/** Characters. */
const LONGEST = 5000;
const LONGEST_CONTACT = 300;
/** Complaints in an hour from one place, and in all. */
const FROM_ONE = 5;
const FROM_ALL = 200;
const HOUR = 3_600_000;

const tooMany = tooManyRequests(
  'So many complaints have come from you within an hour; try again later, or write or call',
);

const countSql = `insert into complaint_source as c (tenant, source, hour, filed) values ($1, $2, $3, 1)
  on conflict (tenant, source, hour) do update set filed = c.filed + 1 returning filed`;

/** Of an address of IPv6 the half that is of one household: the rest is theirs to choose. */
function placeOf(from: string): string {
  const [, first] = /^address ([0-9a-f:]+)$/i.exec(from) ?? [];
  if (first === undefined || !isIPv6(first)) return from;
  const [head = '', tail] = first.toLowerCase().split('::');
  const [before, after] = [head, tail ?? ''].map((part) => (part === '' ? [] : part.split(':')));
  const missing = tail === undefined ? 0 : 8 - (before?.length ?? 0) - (after?.length ?? 0);
  const groups = [...(before ?? []), ...new Array<string>(missing).fill('0'), ...(after ?? [])];
  return `network ${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}`;
}

/** Counts one more. What one place sends beyond its share does not count against others. @returns whether it is taken */
async function counts(context: FhirContext, tenant: number, from: string): Promise<boolean> {
  const { settings, database, now } = context;
  const source = createHmac('sha256', settings.keyOf('source of a complaint'))
    .update(placeOf(from))
    .digest('base64url');
  const hour = Math.floor(now() / HOUR);
  const [own] = await database.query(countSql, [tenant, source, hour]);
  if (Number(own?.[0]) > FROM_ONE) return false;
  const [all] = await database.query(countSql, [tenant, 'all', hour]);
  return Number(all?.[0]) <= FROM_ALL;
}

/** Where complaints came from is forgotten after a day. */
export async function forgetSources(context: FhirContext, tenant: number): Promise<void> {
  const hour = Math.floor(context.now() / HOUR) - 24;
  await context.database.query('delete from complaint_source where tenant = $1 and hour < $2', [tenant, hour]);
}

const length = (text: string | undefined): number => text?.length ?? 0;

/**
 * Takes a complaint, from whoever it comes: from people without an account or with one that was ended, too. It is a Task for the
 * privacy officers, with a clock, and a Communication to them that is in nobody's record, for it may be about who reads it.
 *
 * @returns the Task; 429 when too many come from one place
 */
export async function fileComplaint(
  context: FhirContext,
  tenant: number,
  complaint: Complaint,
): Promise<Result<Task & { id: string }>> {
  const { text, contact, about, patient = null, by, from } = complaint;
  if (text.trim() === '' || length(text) > LONGEST || length(about) > LONGEST)
    return invalid(`text must say what is wrong, in at most ${LONGEST} characters`, 'text');
  if (length(contact) > LONGEST_CONTACT)
    return invalid(`contact may have ${LONGEST_CONTACT} characters at most`, 'contact');
  if (!(await counts(context, tenant, from))) return tooMany;
  const now = context.now();
  const requester = by ?? { display: 'Somebody who has not signed in' };
  const inputs = Object.entries({ contact, about: about ?? '' }).filter(([, value]) => value.trim() !== '');
  const input = inputs.map(([name, value]) => ({ type: parameterType(name), valueString: value }));
  const task = {
    ...requestOf({ tenant, code: 'complaint', patient, requester, description: text, input }, now),
    id: uuid7(now),
  };
  const communication: Communication = {
    resourceType: 'Communication',
    status: 'completed',
    category: [{ coding: [{ system: requestSystem, code: 'complaint', display: 'Complaint' }] }],
    about: [{ reference: `Task/${task.id}` }],
    sent: new Date(now).toISOString(),
    recipient: [{ display: 'Privacy officers' }],
    // What is wrong stands in the Task alone, and goes with it when the record of who complains is erased.
    payload: [{ contentString: 'A complaint was made. Its Task says what is wrong.' }],
  };
  await storeMade(context, tenant, [task, communication]);
  return ok(task);
}
