import type { Queryable } from '../../db/database.ts';
import type { FhirContext } from '../../fhir/context.ts';
import { notFound, ok, type Result } from '../../fhir/outcome.ts';
import { uuid7 } from '../../fhir/store/uuid.ts';
import { hashOf, secretText } from '../secrets.ts';
import { isOver } from '../session.ts';
import type { Role } from '../signalling/messages.ts';
import { findVisit, type Visit } from '../visits/visit.ts';
import { addParticipant, findBy, findParticipant, type Participant, setParticipantState } from './participants.ts';

export type Invite = { id: string; code: string; expiresAt: number };

export type Invited = {
  role: Role;
  name: string;
  /** Who they are, where they are a resource here. */
  reference: string | null;
  by: string;
};

/** Those that were not taken back, used or not. */
export async function countInvites(on: Queryable, { tenant, id }: Visit): Promise<number> {
  const [row] = await on.query(
    'select count(*)::int from video_invite where tenant = $1 and visit = $2 and revoked_at is null',
    [tenant, id],
  );
  return Number(row?.[0]);
}

/** Invites somebody by a link; its code is told once and kept as a hash. */
export async function invite(
  context: FhirContext,
  on: Queryable,
  visit: Visit,
  { role, name, reference, by }: Invited,
): Promise<Invite> {
  const now = context.now();
  const made = { id: uuid7(now), code: secretText(), expiresAt: visit.hardStop };
  await on.query(
    `insert into video_invite (tenant, visit, id, code_hash, role, name, reference, created_by, created_at, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      visit.tenant,
      visit.id,
      made.id,
      hashOf(made.code),
      role,
      name,
      reference,
      by,
      new Date(now),
      new Date(made.expiresAt),
    ],
  );
  return made;
}

/**
 * Takes an invitation back; who came by it is sent away.
 *
 * @param by who made it; null: whoever did
 * @returns who that was; 404 where there is no such invitation
 */
export async function revokeInvite(
  context: FhirContext,
  on: Queryable,
  visit: Visit,
  id: string,
  by: string | null,
): Promise<Result<Participant | null>> {
  const { tenant } = visit;
  const [row] = await on.query(
    `update video_invite set revoked_at = coalesce(revoked_at, $4)
     where tenant = $1 and visit = $2 and id = $3 and ($5::text is null or created_by = $5) returning reference`,
    [tenant, visit.id, id, new Date(context.now()), by],
  );
  if (!row) return notFound('There is no such invitation to this visit');
  const [reference] = row;
  const one =
    (await findBy(on, tenant, visit.id, 'invite', id)) ??
    (reference === null ? null : await findBy(on, tenant, visit.id, 'reference', String(reference)));
  // Who is one of the practitioners of the Appointment by now is in it by that.
  if (one === null || one.role === 'host') return ok(null);
  return ok(await setParticipantState(context, on, visit, one, 'removed'));
}

/**
 * Nobody is in a visit twice: who is known in it by their reference comes by their link as the same. Who is in it already needs no
 * link, and their link lets nobody take their place.
 */
async function withInvite(
  on: Queryable,
  { tenant, id }: Visit,
  reference: string,
  invite: string,
  secretHash: string,
): Promise<Participant | null> {
  await on.query(
    `update video_participant set invite = $4, secret_hash = $5
     where tenant = $1 and visit = $2 and reference = $3 and state = 'expected' and role <> 'host'`,
    [tenant, id, reference, invite, secretHash],
  );
  return findBy(on, tenant, id, 'invite', invite);
}

export const unknown = notFound('This invitation is not known, was used, or has ended');

/** A guest who has come: `secret` is how the same browser comes back. */
export type Guest = { visit: Visit; participant: Participant; secret: string };

/**
 * What a guest's browser sends of the link that it was opened with, once: it is worth nothing after that.
 *
 * @returns 404 for whatever is no good, whyever
 */
export async function exchangeCode(context: FhirContext, tenant: number, code: string): Promise<Result<Guest>> {
  const now = context.now();
  return context.database.transaction(async (tx): Promise<Result<Guest>> => {
    const [row] = await tx.query(
      `update video_invite set used_at = $3
       where tenant = $1 and code_hash = $2 and used_at is null and revoked_at is null and expires_at > $3
       returning visit, id, role, name, reference`,
      [tenant, hashOf(code), new Date(now)],
    );
    if (!row) return unknown;
    // The select list fixes the shape of the row.
    const [visitId, inviteId, role, name, reference] = row as [string, string, Role, string, string | null];
    const visit = await findVisit(tx, tenant, 'id', visitId);
    if (visit === null || isOver(visit.state)) return unknown;
    const secret = secretText();
    const one = {
      tenant,
      visit: visit.id,
      id: secretText(),
      reference,
      role,
      name,
      birthDate: null,
      invite: inviteId,
      secretHash: hashOf(secret),
    };
    await addParticipant(tx, one);
    const participant =
      (await findParticipant(tx, tenant, visit.id, one.id)) ??
      (await withInvite(tx, visit, reference ?? '', one.invite, one.secretHash));
    return participant ? ok({ visit, participant, secret }) : unknown;
  });
}

/** Somebody has signed in: what their link gave, to them or to who had it, counts no more. */
export async function dropSecret(on: Queryable, { tenant, visit, id }: Participant): Promise<void> {
  await on.query(
    'update video_participant set secret_hash = null where tenant = $1 and visit = $2 and id = $3 and secret_hash is not null',
    [tenant, visit, id],
  );
}

/** Who comes back with what exchangeCode gave them. */
export async function guestOf(
  context: FhirContext,
  tenant: number,
  secret: string,
): Promise<Result<{ visit: Visit; participant: Participant }>> {
  const on = context.database;
  const [row] = await on.query('select visit, id from video_participant where tenant = $1 and secret_hash = $2', [
    tenant,
    hashOf(secret),
  ]);
  if (!row) return unknown;
  const visit = await findVisit(on, tenant, 'id', String(row[0]));
  const participant = visit && (await findParticipant(on, tenant, visit.id, String(row[1])));
  // A link makes nobody one of those who treat.
  return visit && participant && participant.role !== 'host' ? ok({ visit, participant }) : unknown;
}
