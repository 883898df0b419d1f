import { finishJob, type Job, keepOn } from '../../db/jobs.ts';
import { admitsChange, allows, type Grant } from '../../fhir/access.ts';
import type { FhirContext } from '../../fhir/context.ts';
import type { Operation } from '../../fhir/operations/operation.ts';
import { conflict, forbidden, invalid, ok, type Result } from '../../fhir/outcome.ts';
import { type Parameters, parametersText, requestParameters } from '../../fhir/parameters.ts';
import type { FhirResponse } from '../../fhir/request.ts';
import { type Asked, askForErasure, cancelErasure, GRACE, openErasure } from '../erase/ask.ts';
import { carryOut } from '../erase/carry-out.ts';
import { type Erasure, findErasure } from '../erase/erasure.ts';
import { holdsOn } from '../hold/hold.ts';
import { keptByLaw } from '../retention/kept.ts';

const LONGEST_GRACE = 90;
/** Who may have a record erased for others, and at once. */
const staff: ReadonlySet<string> = new Set(['privacy-officer', 'operator']);

/** Whoever may see the patient, and may have the record erased: they themselves, who acts for them, and who answers for it. */
async function patientOf(context: FhirContext, grant: Grant, id: string): Promise<Result<null>> {
  const { actor, fhirUser, patient } = grant.caller;
  const found = await context.store.read(grant, 'Patient', id);
  if (!found.ok) return found;
  if (staff.has(actor)) return ok(null);
  const isSelf = actor === 'self' && (fhirUser ?? `Patient/${patient}`) === `Patient/${id}`;
  // Who acts for somebody erases what they may delete, and no more.
  const isProxy =
    actor === 'proxy' && allows(grant, 'Patient', 'd') && admitsChange(grant, 'Patient', found.value, 'd');
  return isSelf || isProxy
    ? ok(null)
    : forbidden('Only the patient, who acts for them, or a privacy officer may ask for that');
}

function graceOf(parameters: Parameters, grant: Grant): Result<number> {
  const given = parameters.text('grace');
  if (given === null) return ok(GRACE);
  const days = Number(given);
  if (!Number.isInteger(days) || days < 0 || days > LONGEST_GRACE) {
    return invalid(`grace must be a whole number of days, at most ${LONGEST_GRACE}`, 'grace');
  }
  if (days < GRACE && !staff.has(grant.caller.actor)) {
    return forbidden(`There are ${GRACE} days of grace; only a privacy officer may shorten them`);
  }
  return ok(days);
}

const value = (name: string, type: string, json: unknown): readonly [string, string, string] => [
  name,
  `value${type}`,
  JSON.stringify(json),
];

function answer(context: FhirContext, erasure: Erasure, secret: string | null, state: string): Result<FhirResponse> {
  const { tenant, id, taskId, dueAt, receipt } = erasure;
  const root = context.settings.baseOf(tenant).replace(/\/fhir\/R4$/, '');
  const list = [
    value('task', 'Reference', { reference: `Task/${taskId}` }),
    value('state', 'Code', state),
    ...(state === 'grace' ? [value('due', 'Instant', dueAt.toISOString())] : []),
    ...(secret === null ? [] : [value('link', 'Url', `${root}/privacy/erasures/${id}/${secret}`)]),
    ...(receipt === null
      ? []
      : [
          value('receipt', 'String', receipt.body),
          value('signature', 'String', receipt.signature),
          value('public-key', 'String', receipt.publicKey),
        ]),
  ];
  return ok({
    status: state === 'erased' || state === 'cancelled' ? 200 : 202,
    headers: { 'Content-Type': 'application/fhir+json; charset=utf-8' },
    body: parametersText(list),
  });
}

/** With no days of grace it is done here and now; if this process ends before, by another. */
async function now(context: FhirContext, { erasure, secret }: Asked, job: Job): Promise<Result<FhirResponse>> {
  const { database } = context;
  const { tenant, id } = erasure;
  const letGo = keepOn(database, job, context.now);
  const state = await carryOut(context, tenant, id, keptByLaw).finally(letGo);
  await finishJob(database, job, context.now(), null);
  const after = await findErasure(database, tenant, id);
  return after ? answer(context, after, secret, state ?? after.state) : conflict('The erasure is not there any more');
}

/**
 * What the state is called to whoever asked. That a hold puts it off is told, unless the hold is sealed.
 */
async function shownState(context: FhirContext, grant: Grant, { tenant, patient, state }: Erasure): Promise<string> {
  if (state !== 'grace') return state;
  const holds = await holdsOn(context.database, tenant, [patient], context.now());
  return holds.some(({ sealed }) => !sealed || staff.has(grant.caller.actor)) ? 'deferred' : state;
}

const out: Operation['parameters'] = [
  { name: 'task', use: 'out', min: 1, max: '1', type: 'Reference' },
  { name: 'state', use: 'out', min: 1, max: '1', type: 'code', documentation: 'grace, deferred, erased or cancelled' },
  { name: 'due', use: 'out', min: 0, max: '1', type: 'instant' },
  {
    name: 'link',
    use: 'out',
    min: 0,
    max: '1',
    type: 'url',
    documentation: 'Where it can be taken back, and where the receipt will be. It is shown this once',
  },
  { name: 'receipt', use: 'out', min: 0, max: '1', type: 'string', documentation: 'JSON: what was erased, counted' },
  { name: 'signature', use: 'out', min: 0, max: '1', type: 'string', documentation: 'Ed25519, of the receipt' },
  { name: 'public-key', use: 'out', min: 0, max: '1', type: 'string' },
];

/** The whole record goes, and the account with it. */
export const eraseOperation: Operation = {
  code: 'erase',
  definition: 'https://portico.dev/fhir/OperationDefinition/Patient-erase',
  description:
    'Erases a record, after some days of grace in which it can be taken back. The account is closed at once; what the law says must be kept is kept, and told',
  on: { instances: ['Patient'] },
  affectsState: true,
  parameters: [
    {
      name: 'grace',
      use: 'in',
      min: 0,
      max: '1',
      type: 'integer',
      documentation: 'Days; less than 14 for a privacy officer only',
    },
    { name: 'reason', use: 'in', min: 0, max: '1', type: 'string' },
    ...out,
  ],
  async run(context, request) {
    const { grant, path } = request;
    const [, patient = ''] = path;
    if (!allows(grant, 'Patient', 'r')) return forbidden('Your access does not cover reading Patient');
    const parameters = requestParameters(request, 'resource');
    if (!parameters.ok) return parameters;
    const may = await patientOf(context, grant, patient);
    if (!may.ok) return may;
    const grace = graceOf(parameters.value, grant);
    if (!grace.ok) return grace;
    const { tenant, caller } = grant;
    const reason = parameters.value.text('reason');
    const asked = await askForErasure(context, {
      tenant,
      patient,
      requester: caller.fhirUser === null ? { display: caller.actor } : { reference: caller.fhirUser },
      grace: grace.value,
      ...(reason === null ? {} : { reason }),
    });
    if (!asked.ok) return asked;
    if (asked.value.job) return now(context, asked.value, asked.value.job);
    const state = await shownState(context, grant, asked.value.erasure);
    return answer(context, asked.value.erasure, asked.value.secret, state);
  },
};

/** Nothing is gone yet, and nothing will. */
export const cancelEraseOperation: Operation = {
  code: 'cancel-erase',
  definition: 'https://portico.dev/fhir/OperationDefinition/Patient-cancel-erase',
  description: 'Takes the request to erase a record back, during the days of grace; the account is open again',
  on: { instances: ['Patient'] },
  affectsState: true,
  parameters: out.slice(0, 2),
  async run(context, { grant, path }) {
    const [, patient = ''] = path;
    if (!allows(grant, 'Patient', 'r')) return forbidden('Your access does not cover reading Patient');
    const may = await patientOf(context, grant, patient);
    if (!may.ok) return may;
    const erasure = await openErasure(context, grant.tenant, patient);
    if (!erasure.ok) return erasure;
    const cancelled = await cancelErasure(context, erasure.value, staff.has(grant.caller.actor));
    return cancelled.ok ? answer(context, erasure.value, null, 'cancelled') : cancelled;
  },
};
