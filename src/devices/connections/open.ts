import type { Device, Reference } from '@medplum/fhirtypes';

import type { Queryable } from '../../db/database.ts';
import type { Caller } from '../../fhir/access.ts';
import type { FhirContext } from '../../fhir/context.ts';
import { uuid7 } from '../../fhir/store/uuid.ts';
import { clientSystem, issuerOf } from '../../privacy/consents/consent-resource.ts';
import { appendAuditEvent } from '../../privacy/ledger/append.ts';
import { readOwn, replaceMadeIn, storeMadeIn } from '../../privacy/made.ts';
import { codingsOf } from './choose.ts';
import type { Connection } from './connection.ts';
import { auditOf, consentOf, deviceOf, provenanceOf, statementOf, type Told } from './resources.ts';
import { endedConnectionOf, insertConnection } from './store.ts';

/** What is to be connected. */
export type Opening = Pick<Connection, 'tenant' | 'patient' | 'kind' | 'source' | 'name'> & {
  /** As it is known already, where it was begun before. */
  id: string;
  /** What was chosen; absent: what was chosen when it was connected last. */
  measures?: readonly string[] | null;
  /** The id of the Consent that it stands on; null: one is made. */
  consent: string | null;
  by: Reference<never>;
};

/** Who a caller is in what is written of them: themself, their app, or their account. */
export function whoIs(base: string, { fhirUser, actor, patient, clientId, subject }: Caller): Reference<never> {
  if (fhirUser !== null) return { reference: fhirUser };
  if (actor === 'self' && patient !== null) return { reference: `Patient/${patient}` };
  if (clientId !== null) return { identifier: { system: clientSystem(base), value: clientId } };
  return { identifier: { system: `${issuerOf(base)}/oauth2/users`, value: subject } };
}

/** The Device that stands for a source: that of before, in use again, or a new one. */
async function deviceFor(context: FhirContext, tenant: number, known: string | null) {
  const found = known === null ? null : await readOwn<Device>(context, tenant, 'Device', known);
  if (!found?.ok) return { id: uuid7(context.now()), again: null };
  const { resource, version } = found.value;
  return { id: resource.id, again: { resource: { ...resource, status: 'active' as const }, version } };
}

/**
 * Opens a connection, and writes what tells of it: its Consent, the Device that stands for the source, a DeviceUseStatement, a
 * Provenance and a row of the ledger; all of it or nothing.
 *
 * @param place writes the connection itself, where that is more than a row: false, if it cannot be any more
 * @returns null where one of the patient and source is open already
 */
export async function openConnection(
  context: FhirContext,
  opening: Opening,
  place: (tx: Queryable, connection: Connection) => Promise<boolean> = insertConnection,
): Promise<Connection | null> {
  const { tenant, patient, kind, source, name, by } = opening;
  const now = context.now();
  const base = context.settings.baseOf(tenant);
  const before = await endedConnectionOf(context.database, tenant, patient, source);
  const told: Told = { base, connection: { id: opening.id, patient, kind, source, name }, who: by, now: new Date(now) };
  const device = await deviceFor(context, tenant, before?.device ?? null);
  const [consent, statement, provenance] = [opening.consent ?? uuid7(now), uuid7(now), uuid7(now)];
  const connection: Connection = {
    ...{ tenant, id: opening.id, patient, kind, source, name, state: 'active', consent, device: device.id, statement },
    measures: opening.measures === undefined ? (before?.measures ?? null) : opening.measures,
    priority: before?.priority ?? 100,
    ...{ lastSync: null, lastReading: null, problem: null, createdAt: now, endedAt: null },
  };
  const targets = [`Consent/${consent}`, `Device/${device.id}`, `DeviceUseStatement/${statement}`];
  const made = [
    ...(opening.consent === null ? [consentOf(told, consent, codingsOf(connection.measures))] : []),
    ...(device.again === null ? [deviceOf(told, device.id)] : []),
    statementOf(told, statement, device.id),
    provenanceOf(told, provenance, 'CREATE', targets),
  ];
  const audit = auditOf(told, 'C', consent, 'A source of readings was connected');
  const isOpen = await context.database.transaction(async (tx) => {
    if (!(await place(tx, connection))) return false;
    await storeMadeIn(context, tx, tenant, made);
    // If somebody else wrote it in between, it stays as they left it.
    if (device.again !== null) await replaceMadeIn(context, tx, tenant, [device.again]);
    await appendAuditEvent(context, tenant, audit, { on: tx });
    return true;
  });
  return isOpen ? connection : null;
}
