import type { Queryable } from '../db/database.ts';
import { allows, type Grant } from '../fhir/access.ts';
import type { FhirContext } from '../fhir/context.ts';
import { forbidden, ok, type Result } from '../fhir/outcome.ts';
import type { FhirRequest, FhirResponse } from '../fhir/request.ts';
import { createAnswer } from './answer.ts';
import { connectionOfCaller } from './connections/find.ts';
import { ingest } from './ingest.ts';
import type { Limits } from './limits.ts';
import type { Link } from './passage.ts';
import { forgetSpooled, keepPayload, type Spooled, settlePayload } from './payloads.ts';
import type { DeviceHint, Item } from './reading.ts';

/** What somebody sends of one patient. */
export type Submission = {
  /** The id of the Patient. */
  patient: string;
  /** The name of the format. */
  format: string;
  /** As it was sent. */
  sent: Spooled;
  items: (link: Link) => Iterable<Item> | AsyncIterable<Item>;
  /** Devices that came along, by what the other entries refer to them by. */
  devices?: ReadonlyMap<string, DeviceHint>;
  /** How many entries the Bundle has, where each has one in the answer. */
  entries?: number;
};

/** Whose submissions are counted together: of the users of one app each has their own, so that none shuts the others out. */
const senderOf = ({ tenant, caller: { clientId, subject } }: Grant): string =>
  JSON.stringify([tenant, clientId, subject]);

/** Whether a caller may submit now: 403 for who may write no readings, 429 for who has sent too much. */
export function admitSubmission(context: FhirContext, { grant }: FhirRequest, limits: Limits): Result<null> {
  if (!allows(grant, 'Observation', 'c')) return forbidden('Your access does not cover creating Observation');
  const tooMany = limits.admit(senderOf(grant), context.now());
  return tooMany ?? ok(null);
}

/**
 * Takes in what somebody sends, and keeps it as it came for as long as something was written of it.
 *
 * @param request by a caller who was admitted
 * @returns a Bundle of what became of each item: 201 where all are new, 200 where some were taken, 412 where none was
 */
export async function submit(
  context: FhirContext,
  { grant }: FhirRequest,
  limits: Limits,
  { patient, format, sent, items, devices, entries }: Submission,
): Promise<Result<FhirResponse>> {
  const { tenant } = grant;
  const found = await connectionOfCaller(context, grant, patient);
  if (!found.ok) {
    await forgetSpooled(context, sent);
    return found;
  }
  const connection = found.value;
  const { database } = context;
  let isKept = false;
  const keep = async (tx: Queryable): Promise<void> => {
    if (!isKept) await keepPayload(context, tx, { tenant, connection: connection.id, patient, format }, sent, 'done');
  };
  const link: Link = { tenant, patient, connection, grant };
  const received = context.now();
  const answer = createAnswer();
  const options = {
    received,
    payload: { id: sent.id, hash: sent.hash, keep },
    ...(devices === undefined ? {} : { devices }),
  };
  for await (const outcomes of ingest(context, link, items(link), options)) {
    answer.add(outcomes);
    // What was written has been committed by now, and with it what it came in.
    isKept ||= answer.tally.created + answer.tally.amended > 0;
    limits.count(senderOf(grant), outcomes.length, received);
  }
  if (isKept) await settlePayload(database, tenant, sent.id, 'done', answer.tally);
  else await forgetSpooled(context, sent);
  return ok(answer.response(entries));
}
