import { addJob } from '../db/jobs.ts';
import type { FhirContext } from '../fhir/context.ts';
import { issuerOf } from '../privacy/consents/consent-resource.ts';
import type { Connection } from './connections/connection.ts';
import { endConnection } from './connections/end.ts';
import { connectionOfVendor } from './connections/find.ts';
import { liveConnection } from './connections/live.ts';
import { hashOf } from './connections/store.ts';
import type { DeviceParts } from './deps.ts';
import { NOTIFIED_JOB, type ToFetch } from './notified.ts';
import { forgetSpooled, spool } from './payloads.ts';
import { keepForLater } from './take-payload.ts';
import { vendorOf } from './vendors/index.ts';
import { isSecret } from './vendors/signature.ts';
import type { Vendor, VendorEvent, WebhookAnswer, WebhookRequest } from './vendors/vendor.ts';

/** Bytes of a notification. */
export const LONGEST_WEBHOOK = 16 * 1024 * 1024;

const answer = (status: number): WebhookAnswer => ({ status, contentType: null, body: '' });

/** What one notification is told by among those of a vendor; null: it may come again and mean something new. */
const seenId = (event: VendorEvent): string | null => (event.id === null ? null : hashOf(event.id));

async function isNew(
  context: FhirContext,
  on: Pick<FhirContext['database'], 'query'>,
  connection: Connection,
  id: string,
) {
  const rows = await on.query(
    'insert into device_event_seen (tenant, source, id, created_at) values ($1, $2, $3, $4) on conflict do nothing returning id',
    [connection.tenant, connection.source, id, new Date(context.now())],
  );
  return rows.length > 0;
}

/** What the notification leads to is there when it is noted that it came, or neither is. */
async function follow(context: FhirContext, vendor: Vendor, connection: Connection, event: VendorEvent): Promise<void> {
  const { tenant } = connection;
  const id = seenId(event);
  if (event.kind === 'ended') {
    const by = {
      identifier: { system: `${issuerOf(context.settings.baseOf(tenant))}/devices/sources`, value: connection.source },
    };
    await endConnection(context, connection, { by, why: 'The patient has ended it at the vendor', isMeant: true });
    return;
  }
  const sent = event.kind === 'payload' ? await spool(context, tenant, Buffer.from(event.payload)) : null;
  const isTaken = await context.database.transaction(async (tx) => {
    if (id !== null && !(await isNew(context, tx, connection, id))) return false;
    if (sent !== null) await keepForLater(context, tx, connection, vendor.id, sent);
    if (event.kind !== 'fetch') return true;
    const payload: ToFetch = { connection: connection.id, what: event.what };
    await addJob(tx, { tenant, kind: NOTIFIED_JOB, payload, key: hashOf(JSON.stringify(payload)) });
    return true;
  });
  if (!isTaken && sent !== null) await forgetSpooled(context, sent);
}

/** Whether there is such an address: what comes to another one is not even read. @param secret at the end of its path */
export function isAddress({ vendors }: DeviceParts, name: string, secret: string | null): boolean {
  const [vendor, settings] = [vendorOf(name), vendors.get(name)];
  if (vendor === undefined || settings === undefined) return false;
  return !vendor.webhook.inPath || isSecret(secret, settings.webhookSecret);
}

/**
 * Takes a notification of a vendor: verified, kept, and answered; what it leads to is done afterwards. Of whoever is not connected,
 * or is so no more, it is thrown away, and the vendor is told that it came.
 */
export async function takeNotification(
  context: FhirContext,
  { vendors }: DeviceParts,
  tenant: number,
  name: string,
  request: WebhookRequest,
): Promise<WebhookAnswer> {
  const vendor = vendorOf(name);
  const settings = vendors.get(name);
  if (vendor === undefined || settings === undefined) return answer(404);
  const { webhook } = vendor;
  const challenged = webhook.challenge(request, settings);
  if (challenged !== null) return challenged;
  if (request.method !== 'POST') return answer(405);
  if (!webhook.verify(request, settings, context.now()).ok) return answer(webhook.inPath ? 404 : 401);
  const events = webhook.events(request);
  if (events === null) return answer(400);
  for (const event of events) {
    const known = await connectionOfVendor(context.database.byKey, tenant, vendor.id, event.vendorUser);
    const connection = known === null ? null : await liveConnection(context.database, tenant, known.id);
    if (connection !== null) await follow(context, vendor, connection, event);
  }
  return answer(webhook.accepted);
}
