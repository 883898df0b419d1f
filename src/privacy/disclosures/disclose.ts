import type { AuditEvent, Coding, Reference } from '@medplum/fhirtypes';
import { allRows, type Grant, type Interaction, type Rule } from '../../fhir/access.ts';
import { resourceTypeSystem } from '../../fhir/audit/render.ts';
import type { FhirContext } from '../../fhir/context.ts';
import { primary } from '../../fhir/definitions/primary.ts';
import { conflict, forbidden, ok, type Result, tooCostly } from '../../fhir/outcome.ts';
import type { FhirRequest } from '../../fhir/request.ts';
import { labelBit } from '../../fhir/search/labels.ts';
import { unknownId } from '../../fhir/store/read.ts';
import { systemGrant } from '../../fhir/store/system.ts';
import { periodOf } from '../consents/provisions.ts';
import { type CopyRow, recordPages } from '../copy/record.ts';
import { whoOf } from '../corrections/who.ts';
import { appendAuditEvent } from '../ledger/append.ts';
import { holdsPartTwo, withPart2Notice } from '../part-two/part-two.ts';
import { closeRequest } from '../requests/requests.ts';
import { approverOf } from './approve.ts';
import { findOrder, markDisclosed, type Order, type Scope } from './orders.ts';
import { agencyOf, personOf } from './person.ts';

/** Rows of one disclosure; an order of more is to be told in parts. */
const MOST = 10_000;

const reading: ReadonlySet<Interaction> = new Set(['r', 's']);
/** Notes of psychotherapy are opened by a court and by nothing else. 45 CFR 164.508(a)(2) */
const psychotherapy = labelBit('http://terminology.hl7.org/CodeSystem/v3-ActCode', 'PSYTHPN');

const first = Date.parse('0001-01-01T00:00:00Z');
const last = Date.parse('9999-12-31T00:00:00Z');

/** What an order names, as a grant: of this patient, these types, from this time. */
function grantOf(context: FhirContext, { tenant, id, patient, scope }: Order): Grant {
  const { types, start, end, kind } = scope;
  const bounded = start !== null || end !== null;
  const within = bounded ? periodOf({ context, tenant }, start ?? first, end ?? last) : null;
  const without = kind === 'court-order' ? 0 : psychotherapy;
  const ruleOf = (type: string): Rule => ({
    ...allRows,
    patients: [patient],
    // When somebody was born is not when something was done.
    period: primary(type).date === 'birthdate' ? null : within,
    without,
    interactions: reading,
    projection: null,
  });
  return {
    ...systemGrant(tenant, []),
    types: new Map(types.map((type) => [type, [ruleOf(type)]])),
    basis: [`Task/${id}`],
    hash: `order ${id}`,
  };
}

async function rowsOf(context: FhirContext, order: Order): Promise<Result<CopyRow[]>> {
  const grant = grantOf(context, order);
  const isOpen = (row: CopyRow): boolean => order.scope.kind === 'court-order' || !holdsPartTwo(row.content);
  const rows: CopyRow[] = [];
  for (const type of order.scope.types) {
    for await (const page of recordPages(context, async () => grant, order.patient, type)) {
      rows.push(...page.filter(isOpen));
      if (rows.length > MOST)
        return tooCostly(`The order covers more than ${MOST} entries: write it down in parts, by type or by time`);
    }
  }
  return ok(rows);
}

function bundleOf(context: FhirContext, { tenant, id }: Order, rows: readonly CopyRow[]): string {
  const base = context.settings.baseOf(tenant);
  const now = context.now();
  const entries = rows.map(
    ({ type, id: row, content }) => `{"fullUrl":"${base}/${type}/${row}","resource":${content}}`,
  );
  const identifier = JSON.stringify({ system: 'urn:ietf:rfc:3986', value: `urn:uuid:${id}` });
  const entry = entries.length === 0 ? '' : `,"entry":[${entries}]`;
  const timestamp = new Date(now).toISOString();
  const text = `{"resourceType":"Bundle","identifier":${identifier},"type":"collection","timestamp":"${timestamp}"${entry}}`;
  return withPart2Notice(text, { consents: [], now });
}

const dicomSystem = 'http://dicom.nema.org/resources/ontology/DCM';
const dicom = (code: string, display: string): { coding: Coding[] } => ({
  coding: [{ system: dicomSystem, code, display }],
});
const roles = 'http://terminology.hl7.org/CodeSystem/object-role';
const entities = 'http://terminology.hl7.org/CodeSystem/audit-entity-type';

const whatWords = ({ types, start, end }: Scope): string => {
  const [from, until] = [start, end].map((at) => (at === null ? '' : new Date(at).toISOString().slice(0, 10)));
  const period = from || until ? `, from ${from || 'the beginning'} until ${until || 'now'}` : '';
  return `${types.join(', ')}${period}`;
};

/** https://profiles.ihe.net/ITI/BALP/StructureDefinition-IHE.BasicAudit.PrivacyDisclosure.Source.html */
function disclosureEvent(
  { id, patient, scope }: Order,
  rows: readonly CopyRow[],
  { who, observer, now }: { who: Reference; observer: string; now: number },
): AuditEvent {
  const counts = new Map<string, number>();
  for (const { type } of rows) counts.set(type, (counts.get(type) ?? 0) + 1);
  return {
    resourceType: 'AuditEvent',
    contained: [agencyOf(scope)],
    type: { system: dicomSystem, code: '110106', display: 'Export' },
    subtype: [{ system: 'http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle', code: 'disclose' }],
    action: 'R',
    recorded: new Date(now).toISOString(),
    outcome: '0',
    outcomeDesc: `Told to ${[scope.agency, scope.address].filter((one) => one !== '').join(', ')} by its order: ${whatWords(scope)}`,
    purposeOfEvent: [
      { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'HLEGAL', display: 'legal' }] },
    ],
    agent: [
      { type: dicom('110153', 'Source Role ID'), who, requestor: false },
      {
        type: dicom('110152', 'Destination Role ID'),
        who: { reference: '#agency', display: scope.agency },
        requestor: true,
      },
    ],
    source: { observer: { identifier: { value: observer }, display: 'Portico' } },
    entity: [
      {
        what: { reference: `Patient/${patient}` },
        type: { system: entities, code: '1', display: 'Person' },
        role: { system: roles, code: '1', display: 'Patient' },
      },
      {
        what: { reference: `Task/${id}` },
        type: { system: entities, code: '2', display: 'System Object' },
        role: { system: roles, code: '13', display: 'Security Resource' },
      },
      ...[...counts].map(([type, count]) => ({
        type: { system: resourceTypeSystem, code: type },
        role: { system: roles, code: '4', display: 'Domain Resource' },
        detail: [{ type: 'count', valueString: String(count) }],
      })),
    ],
  } as AuditEvent; // the type wants a choice of who or altId, which FHIR does not
}

/**
 * Tells what an order names, once, after two people have agreed. It is in the ledger before it leaves; the patient sees it there
 * when the time that the agency stated is over.
 *
 * @returns a Bundle; 403 without both approvals, 409 where it was disclosed before, too-costly for more than MOST entries
 */
export async function disclose(context: FhirContext, request: FhirRequest): Promise<Result<string>> {
  const { grant, path } = request;
  const { tenant, caller } = grant;
  const [, id = ''] = path;
  if (approverOf(caller) === null)
    return forbidden('A disclosure is made by who answers authorities, or a privacy officer');
  const order = await findOrder(context.database, tenant, id);
  if (order === null) return unknownId('Task', id);
  const { legalBy, officerBy, scope } = order;
  if (legalBy === null || officerBy === null || legalBy === officerBy)
    return forbidden('A disclosure needs two approvals: of who answers authorities, and of a privacy officer');
  if (order.disclosedAt !== null) return conflict(`Task/${id} was disclosed before`);
  const rows = await rowsOf(context, order);
  if (!rows.ok) return rows;
  const now = context.now();
  const observer = context.settings.baseOf(tenant).replace(/\/fhir\/R4$/, '');
  const event = disclosureEvent(order, rows.value, { who: whoOf(context, caller), observer, now });
  const suspended = scope.suspendedUntil === null ? {} : { suspendedUntil: new Date(scope.suspendedUntil) };
  const isFirst = await context.database.transaction(async (tx) => {
    if (!(await markDisclosed(tx, order, personOf(caller), new Date(now)))) return false;
    await appendAuditEvent(context, tenant, event, { on: tx, ...suspended });
    return true;
  });
  if (!isFirst) return conflict(`Task/${id} was disclosed before`);
  await closeRequest(context, tenant, id, { status: 'completed' });
  return ok(bundleOf(context, order, rows.value));
}
