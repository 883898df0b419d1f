import type { DocumentReference, Task } from '@medplum/fhirtypes';

import type { FhirContext } from '../../fhir/context.ts';
import { forbidden, invalid, ok, type Result } from '../../fhir/outcome.ts';
import { type Parameters, requestParameters } from '../../fhir/parameters.ts';
import type { FhirRequest } from '../../fhir/request.ts';
import { interval } from '../../fhir/search/dates.ts';
import { uuid7 } from '../../fhir/store/uuid.ts';
import { storeMadeIn } from '../made.ts';
import { courtOrder } from '../part-two/part-two.ts';
import { parameterType, requestOf } from '../requests/requests.ts';
import { addOrder, type OrderKind, orderableTypes, orderKinds, type Scope } from './orders.ts';
import { agencyOf, personOf } from './person.ts';

/** Days for which a word of mouth keeps a disclosure from the patient. 45 CFR 164.528(a)(2)(ii) */
const ORAL = 30;
const DAY = 86_400_000;
/** Characters. */
const LONGEST = 300;

const wrong = (text: string): Result<never> => invalid(text, 'Parameters.parameter');

function instantOf(parameters: Parameters, name: string, edge: 'start' | 'end'): Result<number | null> {
  const text = parameters.text(name);
  if (text === null) return ok(null);
  const found = interval(text);
  return found.ok ? ok(found.value[edge]) : wrong(`${name} must be a date: 2026-01-31`);
}

function suspensionOf(parameters: Parameters, now: number): Result<number | null> {
  const stated = instantOf(parameters, 'suspend-until', 'end');
  if (!stated.ok || parameters.text('oral') !== 'true') return stated;
  const longest = now + ORAL * DAY;
  return ok(Math.min(stated.value ?? longest, longest));
}

type Asked = { scope: Omit<Scope, 'document'>; order: { contentType: string; data: string }; number: string };

function askedOf(context: FhirContext, parameters: Parameters): Result<Asked> {
  const text = (name: string): string => parameters.text(name)?.trim() ?? '';
  const [agency, address, number] = [text('agency'), text('agency-address'), text('order-number')];
  if (agency === '' || number === '')
    return wrong('agency and order-number must say who orders it, and by which order');
  if ([agency, address, number].some(({ length }) => length > LONGEST))
    return wrong(`A text may have ${LONGEST} characters at most`);
  const kind = orderKinds.find((one) => one === text('kind'));
  if (kind === undefined) return wrong(`kind must be one of ${orderKinds.join(', ')}`);
  const types = parameters.texts('type');
  const orderable = orderableTypes(context);
  const other = types.find((type) => !orderable.includes(type));
  if (types.length === 0 || other !== undefined)
    return wrong(`type must name what of the record is ordered, as Observation${other ? `, and not ${other}` : ''}`);
  const start = instantOf(parameters, 'start', 'start');
  const end = instantOf(parameters, 'end', 'end');
  const suspendedUntil = suspensionOf(parameters, context.now());
  if (!start.ok) return start;
  if (!end.ok) return end;
  if (!suspendedUntil.ok) return suspendedUntil;
  const order = parameters.value('order', 'Attachment') as { contentType?: unknown; data?: unknown } | undefined;
  if (typeof order?.contentType !== 'string' || typeof order.data !== 'string')
    return wrong('order must be the order itself, an Attachment with contentType and data');
  const period = { start: start.value, end: end.value };
  const scope = { agency, address, kind, types: [...new Set(types)], ...period, suspendedUntil: suspendedUntil.value };
  return ok({ scope, order: { contentType: order.contentType, data: order.data }, number });
}

/** The order as it came. It names no patient, for what names one is in their record. */
const documentOf = ({ order, number, scope }: Asked, now: number): DocumentReference & { id: string } => ({
  resourceType: 'DocumentReference',
  id: uuid7(now),
  status: 'current',
  type: {
    ...(scope.kind === 'court-order' ? { coding: [courtOrder] } : {}),
    text: 'Order of an authority',
  },
  identifier: [{ value: number }],
  date: new Date(now).toISOString(),
  description: `${scope.kind} of ${scope.agency}`,
  content: [{ attachment: { ...order, title: number } }],
});

const day = (at: number): string => new Date(at).toISOString().slice(0, 10);

const kindWords: Record<OrderKind, string> = {
  'court-order': 'Order of a court',
  warrant: 'Warrant',
  subpoena: 'Subpoena',
  administrative: 'Administrative request',
};

function taskOf(
  scope: Scope,
  { tenant, patient }: { tenant: number; patient: string },
  now: number,
): Task & { id: string } {
  const { types, start, end, kind, document, suspendedUntil } = scope;
  const period = {
    ...(start === null ? {} : { start: new Date(start).toISOString() }),
    ...(end === null ? {} : { end: new Date(end).toISOString() }),
  };
  const input = [
    ...types.map((type) => ({ type: parameterType('type'), valueCode: type })),
    ...(start === null && end === null ? [] : [{ type: parameterType('period'), valuePeriod: period }]),
    { type: parameterType('kind'), valueCode: kind },
    { type: parameterType('order'), valueReference: { reference: document } },
    ...(suspendedUntil === null ? [] : [{ type: parameterType('suspended-until'), valueDate: day(suspendedUntil) }]),
  ];
  const description = `${kindWords[kind]}: needs the approval of legal and of a privacy officer`;
  const ask = { tenant, code: 'disclose' as const, patient, requester: { reference: '#agency' }, description, input };
  return { ...requestOf(ask, now), id: uuid7(now), contained: [agencyOf(scope)] };
}

/**
 * Writes down that an authority has ordered something to be told of a patient. Nothing is told by that: see approve.ts.
 *
 * @returns the Task; 403 for who does not answer authorities, 404 for a patient that they do not know
 */
export async function requestDisclosure(context: FhirContext, request: FhirRequest): Promise<Result<Task>> {
  const { grant } = request;
  const { tenant, caller } = grant;
  if (caller.actor !== 'legal') return forbidden('An order is written down by who answers authorities');
  const parameters = requestParameters(request, 'order');
  if (!parameters.ok) return parameters;
  const patient = parameters.value.text('patient')?.replace(/^Patient\//, '') ?? '';
  if (patient === '') return wrong('patient must say whom the order is about');
  const found = await context.store.read(grant, 'Patient', patient);
  if (!found.ok) return found;
  const asked = askedOf(context, parameters.value);
  if (!asked.ok) return asked;
  const now = context.now();
  const document = documentOf(asked.value, now);
  const scope: Scope = { ...asked.value.scope, document: `DocumentReference/${document.id}` };
  const task = taskOf(scope, { tenant, patient }, now);
  const wrongDocument = context.validate(document).find(({ severity }) => severity === 'error');
  if (wrongDocument) return wrong(`order: ${wrongDocument.diagnostics}`);
  await context.database.transaction(async (tx) => {
    await storeMadeIn(context, tx, tenant, [document, task]);
    const requestedBy = personOf(caller);
    await addOrder(tx, { tenant, id: task.id, patient, scope, requestedBy, requestedAt: new Date(now) });
  });
  return ok(task);
}
