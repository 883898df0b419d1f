import type { Queryable } from '../../db/database.ts';
import { typeNumber } from '../../fhir/resources.ts';
import type { Claims } from './tokens.ts';

/** Whether an Organization that a row names is there, and active. */
const isWorking = (id: string): string =>
  `(${id} is null or exists (select 1 from resource o where o.tenant = $1 and o.type = ${typeNumber('Organization')}
    and o.id = ${id} and coalesce(o.content::json ->> 'active', 'true') = 'true'))`;

/** An Organization that works with us no more. */
const leftSql = `select 1 from resource where tenant = $1 and type = ${typeNumber('Organization')} and id = $2
  and content::json ->> 'active' = 'false'`;

const grantSql = `select 1 from app_grant g
  join client c on c.tenant = g.tenant and c.id = g.client_id
  left join user_account u on u.tenant = g.tenant and u.id = g.user_id
  where g.tenant = $1 and g.id = $2 and g.client_id = $3 and g.revoked_at is null
    and (g.expires_at is null or g.expires_at > now())
    and c.disabled_at is null and (g.user_id is null
      or (u.id is not null and u.disabled_at is null and g.fhir_user is not distinct from u.fhir_user))
    and (g.consent_id is null or exists (select 1 from resource s where s.tenant = $1 and s.type = ${typeNumber('Consent')}
      and s.id = g.consent_id and s.content::json ->> 'status' = 'active'))
    and not exists (select 1 from revoked_token r where r.tenant = $1 and r.jti = $4)
    and ${isWorking('c.organization')} and (g.user_id is null or ${isWorking('u.organization')})`;

/** What is looked at of a token; `jti` is empty where there is none yet. */
export type Coming = Pick<Claims, 'tenant' | 'grant' | 'clientId' | 'jti'> & Partial<Pick<Claims, 'organization'>>;

/**
 * Whether what a token comes of still stands: its grant and the Consent that says so, its app, its user as who they were
 * then, the Organization that either works for, and itself. Tokens of the operator's command come of no grant.
 */
export async function liveGrant(on: Queryable, coming: Coming): Promise<boolean> {
  const { tenant, grant, clientId, jti, organization = null } = coming;
  if (organization !== null && (await on.query(leftSql, [tenant, organization])).length > 0) return false;
  if (grant === null || clientId === null) {
    const [row] = await on.query('select 1 from revoked_token where tenant = $1 and jti = $2', [tenant, jti]);
    return row === undefined;
  }
  const [row] = await on.query(grantSql, [tenant, grant, clientId, jti]);
  return row !== undefined;
}
