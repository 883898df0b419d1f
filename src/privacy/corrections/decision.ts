import type { Task } from '@medplum/fhirtypes';

import type { Grant } from '../../fhir/access.ts';
import type { FhirContext, Json } from '../../fhir/context.ts';
import { parseResource } from '../../fhir/json.ts';
import { conflict, forbidden, invalid, ok, type Result } from '../../fhir/outcome.ts';
import { type Parameters, requestParameters } from '../../fhir/parameters.ts';
import type { FhirRequest } from '../../fhir/request.ts';
import { unknownId } from '../../fhir/store/read.ts';
import { systemGrant } from '../../fhir/store/system.ts';
import { readOwn } from '../made.ts';
import { notify } from '../requests/notices.ts';
import { closeRequest, codeOf, isOpen, parameterOf, parameterType } from '../requests/requests.ts';
import { correctedValue, stepsOf } from './editable.ts';
import { earlierRecipients } from './recipients.ts';
import { isInRecord, whoOf } from './who.ts';
import { nameOf, type Patch, type Place, sign, writeCorrection } from './written.ts';

/** Months back to which those are told who were shown what was wrong; how many may be asked for. */
const MONTHS = 12;
const MOST_MONTHS = 120;
const LONGEST = 4000;

/** A request for a correction that waits for an answer. */
export type Wish = { task: Task & { id: string }; place: Place; patient: string };

/** The request of a Task that is one for a correction; null for any other. */
function wishOf(task: Task & { id: string }): Wish | null {
  const [, type, id] = /^(\w+)\/([A-Za-z0-9.-]+)$/.exec(task.focus?.reference ?? '') ?? [];
  const [, patient] = /^Patient\/([A-Za-z0-9.-]+)$/.exec(task.for?.reference ?? '') ?? [];
  if (codeOf(task) !== 'correct' || !type || !id || !patient) return null;
  return { task, place: { type, id }, patient };
}

/**
 * The request of a Task as somebody may answer it: whoever may write Tasks may have made one up, and what it is about must be in
 * the record of whose request it says that it is.
 *
 * @returns 404 for a Task that is none
 */
export async function answerable(context: FhirContext, tenant: number, id: string): Promise<Result<Wish>> {
  const found = await readOwn<Task>(context, tenant, 'Task', id);
  const wish = found.ok ? wishOf(found.value.resource) : null;
  if (wish === null) return unknownId('Task', id);
  const { type, id: about } = wish.place;
  const row = await context.store.read(systemGrant(tenant, [type]), type, about);
  return row.ok && isInRecord(row.value, wish.patient) ? ok(wish) : unknownId('Task', id);
}

const notTheirs = forbidden(
  'A correction is decided on by who treats the patient and may write it, or by the privacy officer',
);

/**
 * Whose grant a correction is written by: that of who treats the patient, or null where the server writes what an officer decides.
 * To whoever does not see what is to be corrected there is no such Task.
 */
async function judge(context: FhirContext, grant: Grant, { task, place }: Wish): Promise<Result<Grant | null>> {
  const { actor } = grant.caller;
  if (actor === 'privacy-officer' || actor === 'operator') return ok(null);
  if (actor !== 'practitioner') return notTheirs;
  const row = await context.store.read(grant, place.type, place.id, 'u');
  return row.ok ? ok(grant) : unknownId('Task', task.id);
}

type Decision = { accept: boolean; reason: string; months: number };

function decisionOf(parameters: Parameters): Result<Decision> {
  const decision = parameters.text('decision');
  if (decision !== 'accept' && decision !== 'refuse')
    return invalid('decision must be accept or refuse', 'Parameters.parameter');
  const reason = parameters.text('reason')?.trim() ?? '';
  if (decision === 'refuse' && reason === '')
    return invalid('reason is missing: the person is told why their request is refused', 'Parameters.parameter');
  if (reason.length > LONGEST) return invalid(`reason may have ${LONGEST} characters at most`, 'Parameters.parameter');
  const months = Number(parameters.text('notify-months') ?? MONTHS);
  if (!Number.isInteger(months) || months < 0 || months > MOST_MONTHS)
    return invalid(`notify-months must be a whole number up to ${MOST_MONTHS}`, 'Parameters.parameter');
  return ok({ accept: decision === 'accept', reason, months });
}

/** What was asked for. Whoever may write Tasks may have changed it since: it is looked at as if somebody had just sent it. */
function askedValue(task: Task, type: string): Result<Json | null> {
  const text = parameterOf(task.input, 'value')?.valueString;
  if (text === undefined) return ok(null);
  const parsed = parseResource(`{"resourceType":${JSON.stringify(type)},${text.slice(1)}`);
  return parsed.ok ? correctedValue(parsed.value.resource, type) : parsed;
}

/** The change: as who decides gives it, or else as it was asked for. */
async function patchOf(
  context: FhirContext,
  tenant: number,
  parameters: Parameters,
  { task, place }: Wish,
): Promise<Result<Patch>> {
  const patch = parameters.resource('patch');
  if (patch !== null) return ok({ parameters: patch });
  const given = correctedValue(parameters.resource('value'), place.type);
  if (!given.ok) return given;
  const asked = given.value === null ? askedValue(task, place.type) : given;
  if (!asked.ok) return asked;
  const { value } = asked;
  if (value === null)
    return invalid('The request says in words what it should be: give value or patch', 'Parameters.parameter');
  const current = await context.store.read(systemGrant(tenant, [place.type]), place.type, place.id);
  if (!current.ok) return current;
  // What is stored is a resource.
  const resource = JSON.parse(current.value.content) as Json;
  return ok({ steps: stepsOf(resource, value), version: current.value.version });
}

/**
 * Decides on a request for a correction. Accepted, it is written, signed, and told to the patient and to everybody whom the ledger
 * knows to have seen what was wrong; refused, the person is told why, and that they may have their disagreement put down.
 *
 * @returns the request as it ended; 409 where it has ended before
 */
export async function decideCorrection(context: FhirContext, request: FhirRequest): Promise<Result<Task>> {
  const { grant, path } = request;
  const { tenant } = grant;
  const [, id = ''] = path;
  const asked = await answerable(context, tenant, id);
  if (!asked.ok) return asked;
  const wish = asked.value;
  const by = await judge(context, grant, wish);
  if (!by.ok) return by;
  const parameters = requestParameters(request, 'patch');
  if (!parameters.ok) return parameters;
  const decision = decisionOf(parameters.value);
  if (!decision.ok) return decision;
  if (!isOpen(wish.task)) return conflict(`Task/${id} has ended: it is ${wish.task.status}`);
  if (!decision.value.accept) return refuse(context, tenant, wish, decision.value.reason);
  const patch = await patchOf(context, tenant, parameters.value, wish);
  if (!patch.ok) return patch;
  const version = await writeCorrection(context, request, wish.place, patch.value, by.value);
  if (!version.ok) return version;
  return accepted(context, request, wish, decision.value, version.value);
}

async function refuse(
  context: FhirContext,
  tenant: number,
  { task, patient }: Wish,
  reason: string,
): Promise<Result<Task>> {
  const closed = await closeRequest(context, tenant, task.id, { status: 'rejected', statusReason: reason });
  if (!closed.ok) return closed;
  const text =
    'Your request for a correction was refused. The request says why; you may have it put down that you disagree.';
  await notify(context, { tenant, patient, recipient: `Patient/${patient}`, about: `Task/${task.id}`, text });
  return closed;
}

async function accepted(
  context: FhirContext,
  { grant }: FhirRequest,
  { task, place, patient }: Wish,
  { reason, months }: Decision,
  version: number,
): Promise<Result<Task>> {
  const { tenant, caller } = grant;
  const why = reason === '' ? (parameterOf(task.input, 'reason')?.valueString ?? 'Corrected') : reason;
  const signed = { tenant, patient, place, who: whoOf(context, caller), why };
  const provenance = await sign(context, signed, version, [`Task/${task.id}`]);
  const recipients = await earlierRecipients(context, tenant, { place, patient, months });
  const output = [
    { type: parameterType('provenance'), valueReference: { reference: provenance } },
    ...recipients.map((one) => ({ type: parameterType('notified'), valueReference: one })),
  ];
  const closed = await closeRequest(context, tenant, task.id, { status: 'completed', output });
  if (!closed.ok) return closed;
  const about = nameOf(place);
  const text = 'A correction was made in a record that you have seen. Read it again.';
  for (const recipient of recipients) await notify(context, { tenant, patient, recipient, about, text });
  const told = 'What you asked to be corrected was corrected.';
  await notify(context, { tenant, patient, recipient: `Patient/${patient}`, about: `Task/${task.id}`, text: told });
  return closed;
}
