import type { Patient } from '@medplum/fhirtypes';

import type { Queryable } from '../../db/database.ts';
import { allows, type Caller, type Grant, mayAdmit } from '../../fhir/access.ts';
import type { FhirContext } from '../../fhir/context.ts';
import { conflict, forbidden, ok, type Refusal, type Result, unprocessable } from '../../fhir/outcome.ts';
import { unknownId } from '../../fhir/store/read.ts';
import { uuid7 } from '../../fhir/store/uuid.ts';
import { readOwn } from '../../privacy/made.ts';
import { isDependentMinor } from '../../privacy/writes/minors.ts';
import { clientName, consentOfCaller } from './client.ts';
import type { Connection } from './connection.ts';
import { endConnection } from './end.ts';
import { liveConnection } from './live.ts';
import { openConnection, whoIs } from './open.ts';
import { connectionColumns, connectionOf, endedConnectionOf, hashOf, openConnectionOf } from './store.ts';

const open = `select ${connectionColumns()} from device_connection where tenant = $1 and state in ('active', 'expired')`;

/** Whose account at a vendor it is; null: nobody's who has it connected. */
export async function connectionOfVendor(
  on: Queryable,
  tenant: number,
  vendor: string,
  vendorUser: string,
): Promise<Connection | null> {
  const [row] = await on.query(`${open} and source = $2 and vendor_user = $3 order by created_at desc limit 1`, [
    tenant,
    `vendor:${vendor}`,
    hashOf(vendorUser),
  ]);
  return row ? connectionOf(row) : null;
}

/** Who sends, and as what: a system that the operator registered brings readings of devices, an app those of its user. */
function senderOf({ actor, clientId, subject }: Caller): { kind: 'app' | 'gateway'; client: string } {
  return { kind: actor === 'device-gateway' || actor === 'system' ? 'gateway' : 'app', client: clientId ?? subject };
}

/** A dependant who is a child has no devices. */
export async function mayHaveDevices(context: FhirContext, tenant: number, patient: string): Promise<Refusal | null> {
  const found = await readOwn<Patient>(context, tenant, 'Patient', patient);
  if (!found.ok) return unknownId('Patient', patient);
  if (!isDependentMinor(found.value.resource, context.now())) return null;
  return unprocessable('Devices are for people of 18 and more, and of a dependant of less only enrolment is kept');
}

const notAgreed = forbidden(
  'No Consent of the patient lets the sender bring readings: the patient connects it, or names it in a Consent',
);

/**
 * The connection by which a caller sends readings of a patient. An app that may write them has one from its first submission on,
 * which stands on the Consent by which it was let in; a gateway one on the Consent that names it.
 *
 * @returns 403 for who may write no readings, and where the patient has ended it or never agreed; 404 for a patient out of reach;
 *   422 for a dependant who is a child
 */
export async function connectionOfCaller(
  context: FhirContext,
  grant: Grant,
  patient: string,
): Promise<Result<Connection>> {
  const { tenant, caller } = grant;
  if (!allows(grant, 'Observation', 'c')) return forbidden('Your scopes do not cover creating Observation');
  const row = { id: '', content: '', patient, patients: null, labels: 0 };
  if (!mayAdmit(grant, 'Observation', row, 'c')) return unknownId('Patient', patient);
  const { kind, client } = senderOf(caller);
  const source = `${kind}:${client}`;
  const known = await openConnectionOf(context.database, tenant, patient, source);
  if (known !== null && (await liveConnection(context.database, tenant, known.id)) !== null) return ok(known);
  const refused = await mayHaveDevices(context, tenant, patient);
  if (refused) return refused;
  return reopen(context, grant, { tenant, patient, kind, source, client }, known);
}

type Sender = Pick<Connection, 'tenant' | 'patient' | 'kind' | 'source'> & { client: string };

/** Makes the connection of a sender whose former one stands no more, or who has none yet. */
async function reopen(
  context: FhirContext,
  grant: Grant,
  { client, ...sender }: Sender,
  known: Connection | null,
): Promise<Result<Connection>> {
  const { tenant, patient, source } = sender;
  const consent = await consentOfCaller(context, grant, patient);
  const speaks = grant.caller.actor === 'self' || grant.caller.actor === 'operator';
  if (consent === null && !speaks) return notAgreed;
  // What was ended is not begun again by who sends, but by a Consent of later.
  const last = known ?? (await endedConnectionOf(context.database, tenant, patient, source));
  if (last !== null && (consent === null || last.consent === consent)) return notAgreed;
  const by = whoIs(context.settings.baseOf(tenant), grant.caller);
  if (known !== null) await endConnection(context, known, { by, why: 'The Consent of a source of readings has ended' });
  const name = await clientName(context, tenant, client);
  const opened = await openConnection(context, { ...sender, id: uuid7(context.now()), name, consent, by });
  if (opened !== null) return ok(opened);
  const meanwhile = await openConnectionOf(context.database, tenant, patient, source);
  return meanwhile === null ? conflict('The source is being connected at the same time; try again') : ok(meanwhile);
}
