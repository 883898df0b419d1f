import { typeNumber } from '../../fhir/resources.ts';
import { clientSystem } from '../consents/consent-resource.ts';
import { type Asked, type Explained, nothingMore } from './explained.ts';

const consentType = typeNumber('Consent');

type Registered = { client_name?: string; scope?: string };

/** What the apps of the record were granted, each grant once, the newest first. */
export async function apps({ context, tenant, patient }: Asked): Promise<Explained[]> {
  const rows = await context.database.query(
    `select g.client_id, c.metadata, g.scope, g.consent_id, g.fhir_user, g.expires_at, g.last_used_at
     from app_grant g join client c on c.tenant = g.tenant and c.id = g.client_id
     where g.tenant = $1 and (g.patient = $2 or g.fhir_user = 'Patient/' || $2) and g.revoked_at is null
       and (g.expires_at is null or g.expires_at > now()) and c.disabled_at is null
       and (g.consent_id is null or exists (select 1 from resource s where s.tenant = $1 and s.type = ${consentType}
         and s.id = g.consent_id and s.content::json ->> 'status' = 'active'))
     order by g.created_at desc, g.id`,
    [tenant, patient],
  );
  const system = clientSystem(context.settings.baseOf(tenant));
  return rows.map(([id, metadata, scope, consent, fhirUser, expires, used]): Explained => {
    // What was written had been checked; the select list fixes the shape of the row.
    const { client_name } = JSON.parse(String(metadata)) as Registered;
    const isClinicians = String(fhirUser ?? '').startsWith('Practitioner/');
    const ends = expires as Date | null;
    return {
      ...nothingMore,
      who: { identifier: { system, value: String(id) }, ...(client_name ? { display: client_name } : {}) },
      actor: isClinicians ? 'practitioner' : 'app',
      types: [],
      scope: String(scope),
      why: [
        ...(consent === null ? [] : [{ reference: `Consent/${String(consent)}` }]),
        ...(isClinicians ? [{ reference: String(fhirUser) }] : []),
      ],
      until: ends?.getTime() ?? null,
      lastUse: used as Date | null,
    };
  });
}

/** Back-end services that the operator has registered: each sees as far as its scopes and its class go. */
export async function services({ context, tenant }: Asked): Promise<Explained[]> {
  const rows = await context.database.query(
    `select id, metadata, actor, organization, last_used_at from client
     where tenant = $1 and disabled_at is null and metadata like '%system/%' order by id`,
    [tenant],
  );
  const system = clientSystem(context.settings.baseOf(tenant));
  return rows.flatMap(([id, metadata, actor, organization, used]): Explained[] => {
    const { client_name, scope = '' } = JSON.parse(String(metadata)) as Registered; // as above
    const scopes = scope.split(' ').filter((one) => one.startsWith('system/'));
    if (scopes.length === 0) return [];
    return [
      {
        ...nothingMore,
        who: { identifier: { system, value: String(id) }, ...(client_name ? { display: client_name } : {}) },
        actor: (actor as Explained['actor'] | null) ?? 'system', // checked when the operator said it
        types: [],
        scope: scopes.join(' '),
        why: [
          { policy: 'registered by the operator' },
          ...(organization === null ? [] : [{ reference: `Organization/${String(organization)}` }]),
        ],
        lastUse: used as Date | null,
      },
    ];
  });
}
