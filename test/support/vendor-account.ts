import { openConnection } from '../../src/devices/connections/open.ts';
import { writeTokens } from '../../src/devices/connections/secrets.ts';
import { hashOf } from '../../src/devices/connections/store.ts';
import { uuid7 } from '../../src/fhir/store/uuid.ts';
import { patientIn } from './device-submissions.ts';
import type { Server } from './server.ts';
import type { VendorId } from './vendor-notices.ts';
import type { VendorStandIn } from './vendor-stand-in.ts';

/** A new patient of the first tenant whose account at a vendor is connected, without the pages on which they agree to it. */
export async function connectedAt(
  server: Server,
  standIn: VendorStandIn,
  vendor: VendorId,
  user: string,
): Promise<{ patient: string; connection: string }> {
  const context = server.smart.fhir;
  const patient = await patientIn(server);
  const id = uuid7(Date.now());
  const who = { tenant: 1, patient, kind: 'vendor', source: `vendor:${vendor}`, name: vendor, id } as const;
  const by = { reference: `Patient/${patient}` } as never; // a reference to whichever type
  if ((await openConnection(context, { ...who, consent: null, by })) === null)
    throw new Error('it is connected already');
  await server.database.query('update device_connection set vendor_user = $2 where tenant = 1 and id = $1', [
    id,
    hashOf(user),
  ]);
  const access = `access of ${user} at ${vendor}`;
  standIn.tokens.set(access, { vendor, user, kind: 'access' });
  await writeTokens(context.settings, server.database, 1, id, { access, refresh: null, expires: null, user });
  return { patient, connection: id };
}

/** Waits until all that vendors told of was fetched and read in. */
export async function readIn(server: Server): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    const [row] = await server.database.query(
      `select count(*)::int from job where done_at is null and kind in ('device-notified', 'device-payload')
         and run_at <= now()`,
    );
    if (row?.[0] === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('what vendors told of is not read in');
}
