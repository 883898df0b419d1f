import type { Grant } from '../../fhir/access.ts';
import type { FhirContext } from '../../fhir/context.ts';

/** What a client is called, as it was registered; its id where there is no such name. */
export async function clientName({ database }: FhirContext, tenant: number, client: string): Promise<string> {
  const [row] = await database.byKey.query('select metadata from client where tenant = $1 and id = $2', [
    tenant,
    client,
  ]);
  if (!row) return client;
  const { client_name } = JSON.parse(String(row[0])) as { client_name?: string }; // as it was registered
  return client_name ?? client;
}

/** Whether a client of this id is registered, and not shut out. */
export async function isClient({ database }: FhirContext, tenant: number, client: string): Promise<boolean> {
  const rows = await database.byKey.query(
    'select 1 from client where tenant = $1 and id = $2 and disabled_at is null',
    [tenant, client],
  );
  return rows.length > 0;
}

/**
 * The id of the Consent that lets a caller write into the record of a patient: that of what an app was granted, or the one in
 * which the patient names them; null: there is none.
 */
export async function consentOfCaller(
  { database }: FhirContext,
  { tenant, caller, basis }: Grant,
  patient: string,
): Promise<string | null> {
  const [row] =
    caller.grantId === null
      ? []
      : await database.byKey.query('select consent_id from app_grant where tenant = $1 and id = $2', [
          tenant,
          caller.grantId,
        ]);
  if (row?.[0]) return String(row[0]);
  if (caller.actor !== 'device-gateway') return null;
  const named = basis.find((one) => one.startsWith('Consent/') && one.endsWith(` Patient/${patient}`));
  return named?.slice('Consent/'.length, named.indexOf(' ')) ?? null;
}

/**
 * The ids of the Consents that stand of what an app was granted in the record of a patient, by whomever it speaks for: a phone
 * and a tablet have one each.
 */
export async function consentsOfApp(
  { database }: FhirContext,
  tenant: number,
  client: string,
  patient: string,
): Promise<string[]> {
  const rows = await database.query(
    `select consent_id from app_grant where tenant = $1 and client_id = $2 and revoked_at is null
       and consent_id is not null and coalesce(patient, substr(fhir_user, 9)) = $3`,
    [tenant, client, patient],
  );
  return rows.map(([id]) => String(id));
}
