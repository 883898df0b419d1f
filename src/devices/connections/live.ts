import type { Consent } from '@medplum/fhirtypes';

import type { Queryable } from '../../db/database.ts';
import { typeNumber } from '../../fhir/resources.ts';
import { isNow } from '../../privacy/consents/consent-effects.ts';
import { rootType } from '../../privacy/consents/consent-resource.ts';
import type { Connection } from './connection.ts';
import { connectionColumns, connectionOf } from './store.ts';

// Whoever ends a connection, or writes a Consent, locks the row for update, and waits for this lock. What notes that something
// came does not: then two submissions would wait for each other.
const liveSql = `select ${connectionColumns('c.')}, s.content, extract(epoch from now())::float8 * 1000
  from device_connection c
  join resource s on s.tenant = c.tenant and s.type = ${typeNumber('Consent')} and s.id = c.consent and s.patient = c.patient
  where c.tenant = $1 and c.id = $2 and c.state = 'active' and s.content::json ->> 'status' = 'active'
  for key share of c, s`;

const columns = connectionColumns().split(', ').length;

function isInForce(content: unknown, now: unknown): boolean {
  const consent = JSON.parse(String(content)) as Consent; // as it was stored
  return consent.status === 'active' && rootType(consent) !== 'deny' && isNow(consent.provision ?? {}, Number(now));
}

/**
 * A connection, if it is active and the Consent that it stands on is in force. In a transaction it stays so until that ends: who
 * ends the one or the other waits, and what is asked after their answer finds nothing.
 */
export async function liveConnection(on: Queryable, tenant: number, id: string): Promise<Connection | null> {
  const [row] = await on.query(liveSql, [tenant, id]);
  return row && isInForce(row[columns], row[columns + 1]) ? connectionOf(row) : null;
}

const consentSql = `select content, extract(epoch from now())::float8 * 1000 from resource
  where tenant = $1 and type = ${typeNumber('Consent')} and id = $2 and patient = $3`;

/** Whether the Consent that a connection stands on is in force, whatever its own state. */
export async function isConsented(on: Queryable, { tenant, consent, patient }: Connection): Promise<boolean> {
  const [row] = consent === null ? [] : await on.query(consentSql, [tenant, consent, patient]);
  return row !== undefined && isInForce(row[0], row[1]);
}
