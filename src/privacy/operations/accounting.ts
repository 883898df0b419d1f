import type { ParametersParameter } from '@medplum/fhirtypes';

import { type Actor, allows, type GateRow } from '../../fhir/access.ts';
import { bundleText } from '../../fhir/bundle.ts';
import type { FhirContext } from '../../fhir/context.ts';
import { openCursor, sealCursor } from '../../fhir/cursor.ts';
import type { Operation } from '../../fhir/operations/operation.ts';
import { operationResponse } from '../../fhir/operations/operation-response.ts';
import { forbidden, invalid, ok, type Result, tooCostly } from '../../fhir/outcome.ts';
import { requestParameters } from '../../fhir/parameters.ts';
import type { FhirRequest, FhirResponse } from '../../fhir/request.ts';
import { interval } from '../../fhir/search/dates.ts';
import { unknownId } from '../../fhir/store/read.ts';
import { release } from '../../fhir/store/release.ts';
import { uuid7 } from '../../fhir/store/uuid.ts';
import {
  type AccountingPlace,
  type AccountingRow,
  eventsOf,
  type LedgerEvent,
  rowsOfEvents,
} from '../ledger/accounting.ts';

/** Whose account it is, who acts for them, and who answers for privacy. */
const allowed: ReadonlySet<Actor> = new Set(['self', 'proxy', 'app', 'privacy-officer', 'operator']);
const seesSuspended: ReadonlySet<Actor> = new Set(['privacy-officer', 'operator']);

const DEFAULT_COUNT = 100;
const MAX_COUNT = 1000;

const whatText = ({ what, deed }: AccountingRow): string =>
  what.length === 0 ? deed : what.map(({ type, count }) => `${count} ${type}`).join(', ');

/** One line of the account. */
function lineOf(row: AccountingRow): ParametersParameter {
  const { who, organization, client, purpose, basis } = row;
  const person = who.display ?? who.reference;
  const recipient = [person, organization?.name ?? organization?.reference, client?.name ?? client?.id];
  const consent = basis.find((one) => one.startsWith('Consent/'));
  const policies = basis.filter((one) => !one.startsWith('Consent/'));
  return {
    name: 'disclosure',
    part: [
      { name: 'date', valueInstant: row.recorded.toISOString() },
      { name: 'kind', valueCode: row.kind },
      { name: 'action', valueCode: row.action },
      { name: 'recipient', valueString: recipient.filter((part) => part).join(', ') || 'unknown' },
      ...(organization?.address ? [{ name: 'address', valueString: organization.address }] : []),
      { name: 'what', valueString: whatText(row) },
      ...(purpose === null ? [] : [{ name: 'purpose', valueCode: purpose }]),
      ...(row.emergency ? [{ name: 'emergency', valueBoolean: true }] : []),
      ...(policies.length === 0 ? [] : [{ name: 'basis', valueString: policies.join(', ') }]),
      ...(consent === undefined ? [] : [{ name: 'consent', valueReference: { reference: consent } }]),
      ...(row.why === null ? [] : [{ name: 'why', valueString: row.why }]),
      ...(row.suspendedUntil === null ? [] : [{ name: 'suspended', valueInstant: row.suspendedUntil.toISOString() }]),
      { name: 'event', valueReference: { reference: `AuditEvent/${row.id}` } },
    ],
  };
}

type Ask = { start: Date | undefined; end: Date | undefined; count: number; query: string; cursor: string | null };

function askOf(request: FhirRequest): Result<Ask> {
  const parameters = requestParameters(request, 'parameters');
  if (!parameters.ok) return parameters;
  const passed = new URLSearchParams();
  for (const name of ['start', 'end', '_count']) {
    const value = parameters.value.text(name);
    if (value !== null) passed.append(name, value);
  }
  const [start, end] = ['start', 'end']
    .map((name) => passed.get(name))
    .map((text) => (text === null ? null : interval(text)));
  if (start && !start.ok) return invalid('start must be a date', 'start');
  if (end && !end.ok) return invalid('end must be a date', 'end');
  const count = Number(passed.get('_count') ?? DEFAULT_COUNT);
  if (!Number.isInteger(count) || count < 1) return invalid('_count must be a whole number from 1', '_count');
  if (count > MAX_COUNT) return tooCostly(`_count may be ${MAX_COUNT} at most; further pages follow`, '_count');
  return ok({
    start: start ? new Date(start.value.start) : undefined,
    end: end ? new Date(end.value.end) : undefined,
    count,
    query: passed.toString(),
    cursor: parameters.value.text('_cursor'),
  });
}

const gated = (patient: string, { id, event }: LedgerEvent): GateRow & { type: string } => ({
  type: 'AuditEvent',
  id,
  patient,
  patients: null,
  labels: 0,
  content: JSON.stringify(event),
});

async function run(context: FhirContext, request: FhirRequest): Promise<Result<FhirResponse>> {
  const { grant, base, path } = request;
  const { tenant, caller } = grant;
  const [, patient = ''] = path;
  if (!allowed.has(caller.actor) || !allows(grant, 'AuditEvent', 's') || !allows(grant, 'Patient', 'r'))
    return forbidden('Your access does not cover the account of who used a record');
  const ask = askOf(request);
  if (!ask.ok) return ask;
  const found = await context.store.read(grant, 'Patient', patient);
  if (!found.ok) return unknownId('Patient', patient);
  const { start, end, count, query, cursor } = ask.value;
  const here = `Patient/${patient}/$accounting`;
  const owner = { key: context.settings.cursorKey, grantHash: grant.hash, query: `${here}?${query}` };
  const opened = cursor === null ? ok(null) : openCursor(owner, cursor);
  if (!opened.ok) return opened;
  // What opens is what was sealed below.
  const place = opened.value as [number, string] | null;
  const before: AccountingPlace | null = place && { recorded: new Date(place[0]), id: place[1] };
  const events = await eventsOf(context, tenant, patient, {
    ...(start ? { start } : {}),
    ...(end ? { end } : {}),
    ...(before ? { before } : {}),
    limit: count + 1,
    withSuspended: seesSuspended.has(caller.actor),
  });
  const shown = new Map(events.slice(0, count).map((one) => [one.id, one]));
  const rows = release(
    grant,
    [...shown.values()].map((one) => gated(patient, one)),
    's',
  );
  const lines = await rowsOfEvents(
    context,
    tenant,
    rows.flatMap(({ id }) => shown.get(id) ?? []),
  );
  const summary = {
    resourceType: 'Parameters',
    id: uuid7(context.now()),
    ...(lines.length > 0 ? { parameter: lines.map(lineOf) } : {}),
  };
  const last = events.length > count ? events[count - 1] : undefined;
  const separated = query === '' ? '?' : `?${query}&`;
  const next = last && `${base}/${here}${separated}_cursor=${sealCursor(owner, [last.recorded.getTime(), last.id])}`;
  const entries = [
    `{"fullUrl":"urn:uuid:${summary.id}","resource":${JSON.stringify(summary)}}`,
    ...rows.map(({ id, content }) => `{"fullUrl":${JSON.stringify(`${base}/AuditEvent/${id}`)},"resource":${content}}`),
  ];
  const self = `${base}/${here}${query === '' ? '' : `?${query}`}`;
  return operationResponse(bundleText('collection', entries, { links: { self, next: next ?? null } }));
}

/** Who used a record and to whom it was disclosed, for what and by which right: a summary, and the events. */
export const accounting: Operation = {
  code: 'accounting',
  definition: 'https://portico.dev/fhir/OperationDefinition/Patient-accounting',
  description: 'Who used the record of a patient, when, for what, and by which right',
  on: { instances: ['Patient'] },
  affectsState: false,
  parameters: [
    { name: 'start', use: 'in', min: 0, max: '1', type: 'date' },
    { name: 'end', use: 'in', min: 0, max: '1', type: 'date', documentation: 'That day is part of it' },
    {
      name: '_count',
      use: 'in',
      min: 0,
      max: '1',
      type: 'integer',
      documentation: `${DEFAULT_COUNT} where it is left out`,
    },
    {
      name: 'return',
      use: 'out',
      min: 1,
      max: '1',
      type: 'Bundle',
      documentation: 'First Parameters, with a disclosure for each event; then the AuditEvents, the newest first',
    },
  ],
  run,
};
