import type { CodeableConcept, Reference, Task, TaskInput, TaskOutput } from '@medplum/fhirtypes';

import type { FhirContext } from '../../fhir/context.ts';
import { conflict, ok, type Result } from '../../fhir/outcome.ts';
import { search } from '../../fhir/search/search.ts';
import { systemGrant } from '../../fhir/store/system.ts';
import { uuid7 } from '../../fhir/store/uuid.ts';
import { readOwn, replaceMade, storeMade } from '../made.ts';
import { displays, type RequestCode, requestOwner, requestSystem } from './request-codes.ts';

const codes = Object.keys(displays);

const DAY = 86_400_000;
/** Days after which an answer is due, and days after which somebody must look. 45 CFR 164.524(b)(2), PIPEDA 4.9. */
const DUE = 30;
const ALERT = 20;

export type NewRequest = {
  tenant: number;
  code: RequestCode;
  /** The id of the patient whose record it is about; null: of nobody in particular. */
  patient: string | null;
  requester: Reference;
  focus?: string;
  description?: string;
  input?: readonly TaskInput[];
  /** A Task that another is a step of. */
  partOf?: string;
};

/** What is asked of a request in a Task; `requested` starts the clock. https://hl7.org/fhir/R4/task.html */
export function requestOf(ask: NewRequest, now: number): Task {
  const { code, patient, requester, focus, description, input, partOf } = ask;
  const start = new Date(now).toISOString();
  return {
    resourceType: 'Task',
    ...(patient === null || code === 'disclose' ? {} : { groupIdentifier: { system: requestOwner, value: patient } }),
    status: 'requested',
    intent: 'order',
    code: { coding: [{ system: requestSystem, code, display: displays[code] }] },
    ...(description === undefined ? {} : { description }),
    ...(focus === undefined ? {} : { focus: { reference: focus } }),
    ...(partOf === undefined ? {} : { partOf: [{ reference: partOf }] }),
    ...(patient === null ? {} : { for: { reference: `Patient/${patient}` } }),
    authoredOn: start,
    lastModified: start,
    // Whoever asks is a person here, or is named without a resource.
    requester: requester as Task['requester'],
    restriction: { period: { start, end: new Date(now + DUE * DAY).toISOString() } },
    ...(input === undefined || input.length === 0 ? {} : { input: [...input] }),
  };
}

/** Writes a request down and starts its clock: `restriction.period.end` is when an answer is due. */
export async function openRequest(context: FhirContext, ask: NewRequest): Promise<Task & { id: string }> {
  const task = { ...requestOf(ask, context.now()), id: uuid7(context.now()) };
  await storeMade(context, ask.tenant, [task]);
  return task;
}

const attempts = 5;

/**
 * Writes the next state of a request; what was written in between is looked at again.
 *
 * @param change what becomes of it, or why nothing may
 */
export async function changeRequest(
  context: FhirContext,
  tenant: number,
  id: string,
  change: (task: Task) => Result<Partial<Task>>,
): Promise<Result<Task & { id: string }>> {
  for (let attempt = 1; ; attempt++) {
    const found = await readOwn<Task>(context, tenant, 'Task', id);
    if (!found.ok) return found;
    const { resource, version } = found.value;
    const changed = change(resource);
    if (!changed.ok) return changed;
    const next = { ...resource, ...changed.value, id, lastModified: new Date(context.now()).toISOString() };
    const written = await replaceMade(context, tenant, next, version);
    if (written.ok) return ok(next);
    if (written.status !== 412 || attempt === attempts) return written;
  }
}

/** How a request ended. */
export type Closing = {
  status: 'completed' | 'rejected' | 'failed' | 'cancelled';
  output?: readonly TaskOutput[];
  statusReason?: string;
};

const ended: readonly (Task['status'] | undefined)[] = [
  'completed',
  'rejected',
  'failed',
  'cancelled',
  'entered-in-error',
];

export const isOpen = ({ status }: Task): boolean => !ended.includes(status);

/** Ends a request, and with it its clock; 409 for one that has ended. */
export function closeRequest(
  context: FhirContext,
  tenant: number,
  id: string,
  { status, output = [], statusReason }: Closing,
): Promise<Result<Task & { id: string }>> {
  return changeRequest(context, tenant, id, (task) => {
    if (!isOpen(task)) return conflict(`Task/${id} has ended: it is ${task.status}`);
    const period = { ...task.executionPeriod, end: new Date(context.now()).toISOString() };
    return ok({
      status,
      executionPeriod: period,
      ...(output.length === 0 ? {} : { output: [...(task.output ?? []), ...output] }),
      ...(statusReason === undefined ? {} : { statusReason: { text: statusReason } }),
    });
  });
}

/** What a request is about, by its code; null where it is none of ours. */
export const codeOf = ({ code }: Task): RequestCode | null => {
  const found = code?.coding?.find(({ system }) => system === requestSystem)?.code;
  // The keys of the table are the codes.
  return found !== undefined && codes.includes(found) ? (found as RequestCode) : null;
};

/** A value that a request was made with, or ended with, under a name of ours. */
export const parameterType = (code: string): CodeableConcept => ({ coding: [{ system: requestSystem, code }] });

export const parameterOf = <T extends { type?: CodeableConcept }>(
  list: readonly T[] | undefined,
  code: string,
): T | null =>
  list?.find(({ type }) => type?.coding?.some((one) => one.system === requestSystem && one.code === code)) ?? null;

/** How old an open request is: `alert` from day 20 on, `breach` when an answer is overdue. */
export type Clock = 'in time' | 'alert' | 'breach' | 'ended';

/** @param now ms since 1970 */
export function clockOf(task: Task, now: number): Clock {
  if (!isOpen(task)) return 'ended';
  const due = Date.parse(task.restriction?.period?.end ?? '');
  if (now >= due) return 'breach';
  return now >= due - (DUE - ALERT) * DAY ? 'alert' : 'in time';
}

/** An open request and when its answer is due. */
export type OpenRequest = { task: Task & { id: string }; due: string; clock: Clock };

async function tasksOf(context: FhirContext, tenant: number, more: string): Promise<(Task & { id: string })[]> {
  const base = context.settings.baseOf(tenant);
  const code = codes.map((one) => `${requestSystem}|${one}`).join(',');
  let query: string | null = `code=${encodeURIComponent(code)}${more}&_sort=authored-on&_count=500`;
  const tasks: (Task & { id: string })[] = [];
  while (query !== null) {
    const page = await search(context, systemGrant(tenant, ['Task']), { types: ['Task'], query, strict: true, base });
    if (!page.ok) throw new Error(page.issues[0]?.diagnostics);
    // What is stored as a Task is one.
    tasks.push(...page.value.found.map(({ content }) => JSON.parse(content) as Task & { id: string }));
    query = page.value.next?.split('?')[1] ?? null;
  }
  return tasks;
}

/**
 * Every request about a patient that they may know of, ended or not, the oldest first: what an authority has ordered is told by
 * the accounting, when it may be.
 */
export async function requestsOf(
  context: FhirContext,
  tenant: number,
  patient: string,
): Promise<(Task & { id: string })[]> {
  const tasks = await tasksOf(context, tenant, `&patient=Patient/${patient}`);
  return tasks.filter((task) => codeOf(task) !== 'disclose');
}

/** The requests of a tenant that wait for an answer, the oldest first. */
export async function openRequests(context: FhirContext, tenant: number): Promise<OpenRequest[]> {
  const tasks = await tasksOf(context, tenant, '&status=draft,requested,received,accepted,ready,in-progress,on-hold');
  const now = context.now();
  return tasks.map((task) => ({ task, due: task.restriction?.period?.end ?? '', clock: clockOf(task, now) }));
}
