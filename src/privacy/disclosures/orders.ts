import type { Queryable } from '../../db/database.ts';
import type { FhirContext } from '../../fhir/context.ts';
import { compartmentTypes } from '../../fhir/definitions/compartments.ts';
import { sharedTypes, writtenByServer } from '../gate/directory.ts';

/** What an order is by: that of a court opens what a statute keeps from proceedings. */
export const orderKinds = ['court-order', 'warrant', 'subpoena', 'administrative'] as const;

export type OrderKind = (typeof orderKinds)[number];

/** What was ordered, and no more. */
export type Scope = {
  agency: string;
  /** Where the agency is reached: the accounting says it. */
  address: string;
  kind: OrderKind;
  /** Types of the record. */
  types: readonly string[];
  /** ms since 1970, [start, end) of when rows are from; null: whenever. */
  start: number | null;
  end: number | null;
  /** The DocumentReference with the order. */
  document: string;
  /** ms since 1970 until when the patient is not told; null: they are. */
  suspendedUntil: number | null;
};

export type Order = {
  tenant: number;
  /** Of its Task, too. */
  id: string;
  patient: string;
  scope: Scope;
  legalBy: string | null;
  officerBy: string | null;
  disclosedAt: Date | null;
};

/** What an order may name. */
export const orderableTypes = ({ definitions }: FhirContext): string[] =>
  compartmentTypes(definitions, 'Patient').filter((type) => !sharedTypes.has(type) && !writtenByServer.has(type));

export async function addOrder(
  on: Queryable,
  order: Pick<Order, 'tenant' | 'id' | 'patient' | 'scope'> & { requestedBy: string; requestedAt: Date },
): Promise<void> {
  const { tenant, id, patient, scope, requestedBy, requestedAt } = order;
  await on.query(
    `insert into disclosure_order (tenant, id, patient, scope, requested_by, requested_at) values ($1, $2, $3, $4, $5, $6)`,
    [tenant, id, patient, JSON.stringify(scope), requestedBy, requestedAt],
  );
}

export async function findOrder(on: Queryable, tenant: number, id: string): Promise<Order | null> {
  const [row] = await on.query(
    `select patient, scope, legal_by, officer_by, disclosed_at from disclosure_order where tenant = $1 and id = $2`,
    [tenant, id],
  );
  if (!row) return null;
  const [patient, scope, legalBy, officerBy, disclosedAt] = row;
  // The columns' types are those of the migration; what was written was a Scope.
  return { tenant, id, patient, scope: JSON.parse(String(scope)), legalBy, officerBy, disclosedAt } as Order;
}

/** Who agrees, by what they answer for. */
export type Approver = 'legal' | 'privacy-officer';

const columns: Record<Approver, readonly [own: string, other: string]> = {
  legal: ['legal', 'officer'],
  'privacy-officer': ['officer', 'legal'],
};

/** One of the two approvals. @returns false where it was given before, or the other one is by the same person */
export async function approveOrder(
  on: Queryable,
  { tenant, id }: Order,
  actor: Approver,
  who: string,
  now: Date,
): Promise<boolean> {
  const [own, other] = columns[actor];
  const rows = await on.query(
    `update disclosure_order set ${own}_by = $3, ${own}_at = $4
     where tenant = $1 and id = $2 and ${own}_by is null and ${other}_by is distinct from $3 and disclosed_at is null returning 1`,
    [tenant, id, who, now],
  );
  return rows.length > 0;
}

/** @returns false where it was disclosed before */
export async function markDisclosed(on: Queryable, { tenant, id }: Order, who: string, now: Date): Promise<boolean> {
  const rows = await on.query(
    `update disclosure_order set disclosed_by = $3, disclosed_at = $4
     where tenant = $1 and id = $2 and disclosed_at is null and legal_by <> officer_by returning 1`,
    [tenant, id, who, now],
  );
  return rows.length > 0;
}
