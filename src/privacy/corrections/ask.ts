import type { Task, TaskInput } from '@medplum/fhirtypes';

import type { FhirContext, Json } from '../../fhir/context.ts';
import { forbidden, invalid, ok, type Result } from '../../fhir/outcome.ts';
import { type Parameters, requestParameters } from '../../fhir/parameters.ts';
import { parseReference } from '../../fhir/reference.ts';
import type { FhirRequest } from '../../fhir/request.ts';
import { unknownId } from '../../fhir/store/read.ts';
import { released, type Stored } from '../../fhir/store/release.ts';
import { closeRequest, openRequest, parameterType } from '../requests/requests.ts';
import { correctedValue, isSelfEditable, stepsOf } from './editable.ts';
import { asksForThemself, isInRecord, whoOf } from './who.ts';
import { nameOf, type Place, sign, writeCorrection } from './written.ts';

/** Characters of a text that somebody writes. */
const LONGEST = 4000;

const notTheirs = forbidden(
  'A correction is asked for by the person whose record it is, or by who acts for them, and by no app',
);

/** What is asked to be corrected, and why. */
type Ask = { place: Place; elements: readonly string[]; shouldBe: string | null; value: Json | null; reason: string };

/** `Observation/1` as a text or a Reference; the patient's own resource where nothing is said. */
function placeOf(parameters: Parameters, patient: string): Result<Place> {
  const given = parameters.value('focus', 'Reference') as { reference?: unknown } | undefined;
  const text = parameters.text('focus') ?? given?.reference ?? `Patient/${patient}`;
  const reference = typeof text === 'string' ? parseReference(text) : null;
  if (reference?.kind !== 'literal' || reference.base !== null)
    return invalid('focus must name what is to be corrected: Observation/1', 'Parameters.parameter');
  return ok({ type: reference.type, id: reference.id });
}

function askOf(parameters: Parameters, patient: string): Result<Ask> {
  const place = placeOf(parameters, patient);
  if (!place.ok) return place;
  const { type } = place.value;
  const value = correctedValue(parameters.resource('value'), type);
  if (!value.ok) return value;
  const [reason, shouldBe] = ['reason', 'should-be'].map((name) => parameters.text(name)?.trim() ?? '');
  if (!reason) return invalid('reason is missing: say why it is wrong', 'Parameters.parameter');
  if (!shouldBe && value.value === null)
    return invalid('Say what it should be: should-be in words, or value as a resource', 'Parameters.parameter');
  const elements = parameters.texts('element');
  if ([reason, shouldBe, ...elements].some((text) => (text ?? '').length > LONGEST))
    return invalid(`A text may have ${LONGEST} characters at most`, 'Parameters.parameter');
  const named = Object.keys(value.value ?? {}).map((name) => `${type}.${name}`);
  return ok({
    place: place.value,
    elements: elements.length > 0 ? elements : named,
    shouldBe: shouldBe === '' ? null : (shouldBe ?? null),
    value: value.value,
    reason,
  });
}

const inputsOf = ({ elements, value, reason }: Ask): TaskInput[] => [
  ...elements.map((element) => ({ type: parameterType('element'), valueString: element })),
  ...(value === null ? [] : [{ type: parameterType('value'), valueString: JSON.stringify(value) }]),
  { type: parameterType('reason'), valueString: reason },
];

/**
 * Asks for a correction of something in a record. What is a person's own to say is written at once; of the rest somebody
 * decides.
 *
 * @returns the request, completed or waiting; 403 for who may not ask, 404 for what they do not see in this record
 */
export async function askForCorrection(context: FhirContext, request: FhirRequest): Promise<Result<Task>> {
  const { grant, path } = request;
  const [, patient = ''] = path;
  if (!asksForThemself(grant.caller)) return notTheirs;
  const found = await context.store.read(grant, 'Patient', patient);
  if (!found.ok) return found;
  const parameters = requestParameters(request, 'value');
  if (!parameters.ok) return parameters;
  const ask = askOf(parameters.value, patient);
  if (!ask.ok) return ask;
  const { place, value } = ask.value;
  const row = await context.store.read(grant, place.type, place.id);
  if (!row.ok) return row;
  if (!isInRecord(row.value, patient)) return unknownId(place.type, place.id);
  const isOwn = place.type === 'Patient' && place.id === patient;
  if (isOwn && value !== null && isSelfEditable(value))
    return correctOwn(context, request, ask.value, value, row.value);
  return ok(await open(context, request, ask.value));
}

function open(context: FhirContext, { grant, path }: FhirRequest, ask: Ask): Promise<Task & { id: string }> {
  const [, patient = ''] = path;
  return openRequest(context, {
    tenant: grant.tenant,
    code: 'correct',
    patient,
    requester: whoOf(context, grant.caller),
    focus: nameOf(ask.place),
    ...(ask.shouldBe === null ? {} : { description: ask.shouldBe }),
    input: inputsOf(ask),
  });
}

/** Written before it is asked for: a request that cannot be met is refused and leaves nothing behind. */
async function correctOwn(
  context: FhirContext,
  request: FhirRequest,
  ask: Ask,
  value: Json,
  row: Stored,
): Promise<Result<Task>> {
  const { grant } = request;
  const { tenant, caller } = grant;
  // What is stored is a resource.
  const steps = stepsOf(JSON.parse(released(grant, row, 'r').content) as Json, value);
  const version = await writeCorrection(context, request, ask.place, { steps, version: row.version }, null);
  if (!version.ok) return version;
  const task = await open(context, request, ask);
  const signed = { tenant, patient: ask.place.id, place: ask.place, who: whoOf(context, caller), why: ask.reason };
  const provenance = await sign(context, signed, version.value, [`Task/${task.id}`]);
  const output = [{ type: parameterType('provenance'), valueReference: { reference: provenance } }];
  return closeRequest(context, tenant, task.id, { status: 'completed', output });
}
