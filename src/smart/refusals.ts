import type { Database } from '../db/database.ts';
import { uuid7 } from '../fhir/store/uuid.ts';
import type { SmartContext } from './context.ts';

/** Why an app was refused, as its own developer is told. */
export type Refused = {
  tenant: number;
  clientId: string;
  /** Where: `POST /oauth2/token`, `GET Observation`. */
  place: string;
  /** An OAuth error code, or the code of an OperationOutcome's issue. */
  error: string;
  /** A sentence for the developer. What looks like a secret or names a record is left out of it. */
  reason: string;
  /** X-Request-Id of the answer, by which its developer may look for it: a version 7 UUID. */
  requestId?: string | undefined;
};

export type Refusal = Required<Omit<Refused, 'tenant' | 'clientId' | 'requestId'>> & { id: string; at: Date };

/** How many are kept of one app, and for how many days. */
export const KEPT = 100;
export const DAYS = 7;

/** So many at once of one app, then one each so many ms; what is more is not noted. */
const BURST = 20;
const EVERY = 1000;
/** Apps whose rate is remembered, and statements that may be under way. */
const APPS = 1000;
const UNDER_WAY = 8;

type Rates = { underWay: number; of: Map<string, { left: number; at: number }> };
const rates = new WeakMap<Database, Rates>();

type On = Pick<SmartContext, 'database' | 'now' | 'onFault'>;

function mayNote(on: On, { tenant, clientId }: Refused): Rates | null {
  const known = rates.get(on.database) ?? { underWay: 0, of: new Map() };
  rates.set(on.database, known);
  if (known.underWay >= UNDER_WAY) return null;
  const name = `${tenant} ${clientId}`;
  const now = on.now();
  const before = known.of.get(name) ?? { left: BURST, at: now };
  const left = Math.min(BURST, before.left + (now - before.at) / EVERY);
  known.of.delete(name);
  if (known.of.size >= APPS) for (const oldest of known.of.keys()) if (known.of.delete(oldest)) break;
  known.of.set(name, { left: left < 1 ? left : left - 1, at: now });
  return left < 1 ? null : known;
}

/** Tokens, codes, secrets and keys, and references to resources: what a sentence of ours may have repeated. */
const secret = /[\w+/=-]{32,}(\.[\w+/=-]*)*|eyJ[\w.+/=-]+/g;
const reference = /\b([A-Z][A-Za-z]+)\/[A-Za-z0-9.-]+/g;

/** As it is kept: printable, short, without what is nobody's business. */
const plain = (text: string, longest: number): string =>
  text
    .replaceAll(/[^\P{C}]+/gu, ' ')
    .replaceAll(secret, '…')
    .replaceAll(reference, '$1/…')
    .slice(0, longest);

// Only for an app that there is, and no more than is kept.
const noteSql = `insert into app_refusal (tenant, id, client_id, place, error, reason)
  select $1, $2, $3, $4, $5, $6 where exists (select 1 from client where tenant = $1 and id = $3) on conflict do nothing`;
const trimSql = `delete from app_refusal where tenant = $1 and client_id = $2
  and (at < now() - make_interval(days => ${DAYS}) or id <= (select id from app_refusal
    where tenant = $1 and client_id = $2 order by id desc offset ${KEPT} limit 1))`;

async function note({ database, now }: On, refused: Refused): Promise<void> {
  const { tenant, clientId, place, error, reason, requestId = uuid7(now()) } = refused;
  const texts = [plain(place, 100), plain(error, 60), plain(reason, 500)];
  await database.byKey.query(noteSql, [tenant, requestId, clientId, ...texts]);
  await database.byKey.query(trimSql, [tenant, clientId]);
}

/**
 * Notes for the developer of an app why it was refused. Never throws and is not waited for; of many at once some are left out.
 */
export function noteRefusal(on: On, refused: Refused): void {
  if (refused.clientId.length > 200 || refused.clientId.includes('\0')) return;
  const known = mayNote(on, refused);
  if (known === null) return;
  known.underWay += 1;
  note(on, refused)
    .catch(on.onFault)
    .finally(() => {
      known.underWay -= 1;
    });
}

/** The newest of an app, newest first. */
export async function refusalsOf(
  { database }: Pick<SmartContext, 'database'>,
  tenant: number,
  clientId: string,
  most = 20,
): Promise<Refusal[]> {
  const rows = await database.byKey.query(
    `select id, at, place, error, reason from app_refusal where tenant = $1 and client_id = $2
       and at > now() - make_interval(days => ${DAYS}) order by id desc limit $3`,
    [tenant, clientId, most],
  );
  // As the migration has it.
  return rows.map(([id, at, place, error, reason]) => ({ id, at, place, error, reason }) as Refusal);
}

/** The refusal of an app that was answered with this X-Request-Id; null: none of this app. */
export async function refusalOf(
  { database }: Pick<SmartContext, 'database'>,
  tenant: number,
  clientId: string,
  requestId: string,
): Promise<Refusal | null> {
  const [row] = await database.byKey.query(
    'select id, at, place, error, reason from app_refusal where tenant = $1 and id = $2 and client_id = $3',
    [tenant, requestId, clientId],
  );
  if (!row) return null;
  const [id, at, place, error, reason] = row;
  return { id, at, place, error, reason } as Refusal; // as the migration has it
}
