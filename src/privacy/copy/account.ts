import type { Row } from '../../db/database.ts';
import type { FhirContext } from '../../fhir/context.ts';
import type { Cells } from './csv.ts';
import type { Principal } from './principal.ts';

/** One table of what is known of somebody beside their record. */
export type AccountTable = { name: string; columns: readonly string[]; rows: Cells[] };

type Query = { name: string; columns: readonly string[]; sql: string };

/** Of each account: what somebody gave, what happened to it and what it is used with; nothing secret, hashed or not. */
const queries: readonly Query[] = [
  {
    name: 'accounts',
    columns: [
      'id',
      'username',
      'name',
      'email',
      'record',
      'roles',
      'language',
      'password',
      'authenticator',
      'created',
      'disabled',
    ],
    sql: `select id, username, display_name, email, fhir_user, roles, language, password_hash is not null, totp is not null,
        created_at, disabled_at
      from user_account where tenant = $1 and id = any($2::text[]) order by id`,
  },
  {
    name: 'sign-ins',
    columns: ['account', 'signed_in', 'last_seen', 'ended', 'methods', 'browser'],
    sql: `select user_id, signed_in_at, last_seen_at, ended_at, methods, user_agent
      from user_session where tenant = $1 and user_id = any($2::text[]) and signed_in_at is not null order by signed_in_at`,
  },
  {
    name: 'apps',
    columns: ['account', 'app', 'client_id', 'scope', 'granted', 'last_used', 'expires', 'ended', 'why'],
    sql: `select g.user_id, c.metadata::json->>'client_name', g.client_id, g.scope, g.created_at, g.last_used_at, g.expires_at,
        g.revoked_at, g.revoked_why
      from app_grant g left join client c on c.tenant = g.tenant and c.id = g.client_id
      where g.tenant = $1 and g.user_id = any($2::text[]) order by g.created_at`,
  },
  {
    name: 'outside-accounts',
    columns: ['account', 'provider', 'subject', 'linked'],
    sql: `select user_id, provider, subject, linked_at from user_federation
      where tenant = $1 and user_id = any($2::text[]) order by linked_at`,
  },
  {
    name: 'passkeys',
    columns: ['account', 'name', 'created', 'last_used'],
    sql: `select user_id, name, created_at, last_used_at from user_passkey
      where tenant = $1 and user_id = any($2::text[]) order by created_at`,
  },
];

const rowOf = (columns: readonly string[], row: Row): Cells =>
  // Texts, times, truths and lists of texts are all that the statements select.
  Object.fromEntries(columns.map((name, at) => [name, row[at] as Cells[string]]));

/** Whose accounts a copy has: one's own, by which the record is reached; who asks for another has no account of theirs. */
async function accountsOf({ database }: FhirContext, { tenant, actor, fhirUser }: Principal): Promise<string[]> {
  if (actor !== 'self') return [];
  const rows = await database.query('select id from user_account where tenant = $1 and fhir_user = $2', [
    tenant,
    fhirUser,
  ]);
  return rows.map(([id]) => String(id));
}

export async function accountTables(context: FhirContext, principal: Principal): Promise<AccountTable[]> {
  const ids = await accountsOf(context, principal);
  const tables: AccountTable[] = [];
  for (const { name, columns, sql } of queries) {
    const rows = await context.database.query(sql, [principal.tenant, ids]);
    tables.push({ name, columns, rows: rows.map((row) => rowOf(columns, row)) });
  }
  return tables;
}
