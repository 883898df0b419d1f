import { typeNumber } from '../../fhir/resources.ts';
import type { SmartContext } from '../context.ts';
import { findGrant } from '../tokens/app-grants.ts';
import { endConsent } from './consents.ts';

const consent = typeNumber('Consent');

const withdrawnSql = `select g.id from app_grant g
  where g.tenant = $1 and g.consent_id is not null and g.consent_ended_at is null and g.revoked_at is null and g.consent_id in (
    select r.id from resource r where r.tenant = $1 and r.type = ${consent}
      and r.last_updated > now() - make_interval(mins => $2) and r.content::json ->> 'status' <> 'active'
    union all
    select h.id from resource_history h where h.tenant = $1 and h.type = ${consent}
      and h.last_updated > now() - make_interval(mins => $2) and h.deleted)`;

/**
 * Ends what was granted where somebody made the Consent of it inactive, or deleted it, by way of FHIR: its tokens are
 * refused already, see live-grant.ts.
 *
 * @param minutes how far back to look
 */
export async function endWithdrawn(context: SmartContext, tenant: number, minutes: number): Promise<void> {
  const rows = await context.database.query(withdrawnSql, [tenant, minutes]);
  for (const [id] of rows) {
    const grant = await findGrant(context.database.byKey, tenant, String(id));
    if (grant) await endConsent(context, grant, null, 'The Consent was withdrawn in FHIR');
  }
}
