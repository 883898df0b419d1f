import type { FhirContext } from '../../fhir/context.ts';
import { ok, type Result, unavailable } from '../../fhir/outcome.ts';
import { uuid7 } from '../../fhir/store/uuid.ts';
import type { DeviceParts } from '../deps.ts';
import { callbackOf, placeOf, vendorIn } from './authorization.ts';
import type { Connection } from './connection.ts';
import { authorizeUrl, newVerifier } from './oauth.ts';
import { sealSecret } from './secrets.ts';
import { hashOf, insertConnection, openConnectionOf } from './store.ts';

/** ms in which somebody agrees at a vendor. */
const MINUTES = 15 * 60_000;

/** What is needed when a browser comes back. */
export type Waiting = {
  verifier: string;
  /** Who began it: nobody else ends it. */
  subject: string;
  /** The measures that were chosen; null: whichever. */
  measures: readonly string[] | null;
};

export type Beginning = Pick<Connection, 'tenant' | 'patient' | 'source' | 'name' | 'measures'> & {
  /** `sub` of who asks. */
  subject: string;
};

export const waitingPlace = (tenant: number, stateHash: string): string => `authorization ${tenant}/${stateHash}`;

/** One that is not open yet; what was never agreed to is cleared away. */
async function pendingFor(context: FhirContext, { tenant, patient, source, name, measures }: Beginning) {
  const now = context.now();
  const { database } = context;
  await database.query(
    `delete from device_connection where tenant = $1 and patient = $2 and source = $3 and state = 'pending' and created_at < $4`,
    [tenant, patient, source, new Date(now - MINUTES)],
  );
  const id = uuid7(now);
  await insertConnection(database, {
    ...{ tenant, id, patient, kind: 'vendor', source, name, state: 'pending', measures, priority: 100 },
    ...{ consent: null, device: null, statement: null, lastSync: null, lastReading: null, problem: null },
    ...{ createdAt: now, endedAt: null },
  });
  return id;
}

/**
 * Begins the connection of an account at a vendor, or renews one that is open: somebody goes to the vendor, agrees there and comes
 * back (finish.ts).
 */
export async function beginConnection(
  context: FhirContext,
  parts: DeviceParts,
  asked: Beginning,
): Promise<Result<{ connection: string; authorize: string }>> {
  const { tenant, patient, source, name, measures, subject } = asked;
  const place = placeOf(parts, vendorIn(asked));
  if (place === null) return unavailable(`${name} is not set up here`);
  const open = await openConnectionOf(context.database, tenant, patient, source);
  const connection = open?.id ?? (await pendingFor(context, asked));
  const [state, verifier] = [newVerifier(), newVerifier()];
  const hash = hashOf(state);
  const waiting: Waiting = { verifier, subject, measures };
  const now = context.now();
  await context.database.query('delete from device_authorization where tenant = $1 and expires_at < $2', [
    tenant,
    new Date(now),
  ]);
  await context.database.query(
    `insert into device_authorization (tenant, state_hash, connection, secrets, expires_at)
     values ($1, $2, $3, decode($4, 'base64'), $5)`,
    [
      tenant,
      hash,
      connection,
      sealSecret(context.settings, waitingPlace(tenant, hash), waiting),
      new Date(now + MINUTES),
    ],
  );
  const redirectUri = callbackOf(context.settings.baseOf(tenant), place);
  return ok({ connection, authorize: await authorizeUrl(place, { redirectUri, measures, state, verifier }) });
}
