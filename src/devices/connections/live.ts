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

/**
 * A connection, if it is active and the Consent that it stands on is in force. In a transaction it stays so until that ends: who
 * ends the one or the other waits, and what is asked after their answer finds nothing.
 */
export async function liveConnection(on: Queryable, tenant: number, id: string): Promise<Connection | null> {
  const [row] = await on.query(liveSql, [tenant, id]);
  if (!row) return null;
  const [content, now] = row.slice(columns);
  const consent = JSON.parse(String(content)) as Consent; // as it was stored
  if (rootType(consent) === 'deny' || !isNow(consent.provision ?? {}, Number(now))) return null;
  return connectionOf(row);
}
