import { createHash } from 'node:crypto';

import type { Queryable } from '../../db/database.ts';
import type { FhirContext } from '../../fhir/context.ts';
import { notFound, ok, type Result } from '../../fhir/outcome.ts';
import { uuid7 } from '../../fhir/store/uuid.ts';
import type { Role } from '../signalling/messages.ts';
import { secretText } from '../visits/open.ts';
import { findVisit, type Visit } from '../visits/visit.ts';
import { addParticipant, findBy, findParticipant, type Participant, setParticipantState } from './participants.ts';

export const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');

export type Invite = { id: string; code: string; expiresAt: number };

/** Invites somebody without an account here; the code is told once and kept as a hash. */
export async function invite(
  context: FhirContext,
  on: Queryable,
  visit: Visit,
  { role, name, by }: { role: Role; name: string; by: string },
): Promise<Invite> {
  const now = context.now();
  const made = { id: uuid7(now), code: secretText(), expiresAt: visit.hardStop };
  await on.query(
    `insert into video_invite (tenant, visit, id, code_hash, role, name, created_by, created_at, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [visit.tenant, visit.id, made.id, hashOf(made.code), role, name, by, new Date(now), new Date(made.expiresAt)],
  );
  return made;
}

/** Takes an invitation back; who came by it is sent away. @returns who that was */
export async function revokeInvite(
  context: FhirContext,
  on: Queryable,
  visit: Visit,
  id: string,
): Promise<Result<Participant | null>> {
  const rows = await on.query(
    `update video_invite set revoked_at = coalesce(revoked_at, $4) where tenant = $1 and visit = $2 and id = $3 returning id`,
    [visit.tenant, visit.id, id, new Date(context.now())],
  );
  if (rows.length === 0) return notFound('There is no such invitation to this visit');
  const one = await findBy(on, visit.tenant, visit.id, 'invite', id);
  return ok(one && (await setParticipantState(context, on, visit, one, 'removed')));
}

const unknown = notFound('This invitation is not known, was used, or has ended');

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
       returning visit, id, role, name`,
      [tenant, hashOf(code), new Date(now)],
    );
    if (!row) return unknown;
    const [visitId, inviteId, role, name] = row.map(String);
    const visit = await findVisit(tx, tenant, 'id', visitId ?? '');
    if (visit === null) return unknown;
    const secret = secretText();
    const one = {
      tenant,
      visit: visit.id,
      id: secretText(),
      reference: null,
      role: role as Role, // as it was invited
      name: name ?? '',
      birthDate: null,
      invite: inviteId ?? '',
      secretHash: hashOf(secret),
    };
    await addParticipant(tx, one);
    const participant = await findParticipant(tx, tenant, visit.id, one.id);
    return participant ? ok({ visit, participant, secret }) : unknown;
  });
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
  return visit && participant ? ok({ visit, participant }) : unknown;
}
