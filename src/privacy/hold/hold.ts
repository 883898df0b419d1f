import type { Flag } from '@medplum/fhirtypes';

import type { Queryable } from '../../db/database.ts';
import type { FhirContext } from '../../fhir/context.ts';
import { ok, type Result, ruledOut } from '../../fhir/outcome.ts';
import { unknownId } from '../../fhir/store/read.ts';
import { uuid7 } from '../../fhir/store/uuid.ts';
import { readOwn, replaceMade, storeMade } from '../made.ts';

/** A duty to keep a record as it is, for a court or an authority. */
export type Hold = {
  id: string;
  /** The id of the patient. */
  patient: string;
  /** What it is for, in the words of who placed it. */
  matter: string;
  /** Nobody is told of it but who may lift it. */
  sealed: boolean;
  placedAt: Date;
  /** When it ends by itself; null: when it is released. */
  until: Date | null;
};

const columns = 'id, patient, matter, sealed, placed_at, until';
const stands = 'released_at is null and (until is null or until > $2)';

// The select list above fixes the shape of the row.
const holdOf = ([id, patient, matter, sealed, placedAt, until]: readonly unknown[]): Hold => ({
  id: id as string,
  patient: patient as string,
  matter: matter as string,
  sealed: sealed as boolean,
  placedAt: placedAt as Date,
  until: until as Date | null,
});

/** The holds that stand on the records of some patients, the oldest first. @param now ms since 1970 */
export async function holdsOn(
  on: Queryable,
  tenant: number,
  patients: readonly string[],
  now: number,
): Promise<Hold[]> {
  if (patients.length === 0) return [];
  const rows = await on.query(
    `select ${columns} from legal_hold where tenant = $1 and ${stands} and patient = any($3::text[]) order by id`,
    [tenant, new Date(now), patients],
  );
  return rows.map(holdOf);
}

/** Every hold that stands in a tenant, sealed ones included, the oldest first: for who may lift them. */
export async function allHolds(on: Queryable, tenant: number, now: number): Promise<Hold[]> {
  const rows = await on.query(`select ${columns} from legal_hold where tenant = $1 and ${stands} order by id`, [
    tenant,
    new Date(now),
  ]);
  return rows.map(holdOf);
}

/** Why something of a record must stay; where a hold is sealed it is not told that there is one. */
export const heldBack = (holds: readonly Hold[]): Result<never> =>
  holds.some(({ sealed }) => !sealed)
    ? ruledOut('The record is under a legal hold: until it is released nothing of it is deleted')
    : ruledOut('This cannot be deleted at present');

/** What a hold is in FHIR. https://hl7.org/fhir/R4/flag.html */
export function flagOf({ id, patient, matter, sealed, placedAt, until }: Hold, released: Date | null): Flag {
  const end = released ?? until;
  return {
    resourceType: 'Flag',
    id,
    ...(sealed ? { meta: { security: [{ system: confidentiality, code: 'V', display: 'very restricted' }] } } : {}),
    status: released === null ? 'active' : 'inactive',
    category: [{ coding: [{ system: flagCategory, code: 'admin', display: 'Administrative' }] }],
    code: { coding: [{ system: flagCode, code: 'legal-hold', display: 'Legal hold' }], text: matter },
    subject: { reference: `Patient/${patient}` },
    period: { start: placedAt.toISOString(), ...(end === null ? {} : { end: end.toISOString() }) },
  };
}

const confidentiality = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';
const flagCategory = 'http://terminology.hl7.org/CodeSystem/flag-category';
const flagCode = 'https://portico.dev/fhir/CodeSystem/flag';

export type NewHold = Pick<Hold, 'patient' | 'matter' | 'sealed' | 'until'> & { tenant: number; by: string };

/** Places a hold. What it keeps is kept from the commit on. */
export async function placeHold(context: FhirContext, ask: NewHold): Promise<Hold> {
  const now = context.now();
  const hold: Hold = { ...ask, id: uuid7(now), placedAt: new Date(now) };
  await context.database.query(
    `insert into legal_hold (tenant, id, patient, matter, sealed, placed_at, placed_by, until)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [ask.tenant, hold.id, hold.patient, hold.matter, hold.sealed, hold.placedAt, ask.by, hold.until],
  );
  // Of a sealed one there is no resource: whatever reads the record cannot tell of it.
  if (!hold.sealed) await storeMade(context, ask.tenant, [flagOf(hold, null)]);
  return hold;
}

/** Releases a hold that stands. @returns what it is now; 404 where none of this patient stands under the id */
export async function releaseHold(
  context: FhirContext,
  ask: { tenant: number; patient: string; id: string; by: string },
): Promise<Result<Flag>> {
  const now = new Date(context.now());
  const [row] = await context.database.query(
    `update legal_hold set released_at = $2, released_by = $5 where tenant = $1 and ${stands} and patient = $3 and id = $4
     returning ${columns}`,
    [ask.tenant, now, ask.patient, ask.id, ask.by],
  );
  if (!row) return unknownId('Flag', ask.id);
  const flag = flagOf(holdOf(row), now);
  const stored = await readOwn<Flag>(context, ask.tenant, 'Flag', ask.id);
  if (stored.ok) {
    const replaced = await replaceMade(context, ask.tenant, { ...flag, id: ask.id }, stored.value.version);
    if (!replaced.ok) return replaced;
  }
  return ok(flag);
}
