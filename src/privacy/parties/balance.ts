import type { Account, ChargeItem, Claim, ExplanationOfBenefit, Money, Period } from '@medplum/fhirtypes';

import type { FhirContext } from '../../fhir/context.ts';
import { resourcesAsOf } from './as-of.ts';
import { patientOf } from './coverage.ts';
import { resourcesOf } from './rows.ts';

/** What an account holds before anything is spent. */
export const funded = 'https://portico.dev/fhir/StructureDefinition/account-funded';

/** Four numbers; money is in the currency of the account. */
export type Balance = { balance: Money; deductibleMet: Money; outOfPocketMet: Money; period: Period | null };

const DAY = 86_400_000;

type Records = { claims: Claim[]; charges: ChargeItem[]; benefits: ExplanationOfBenefit[] };

const isOpen = ({ status }: { status?: string }): boolean =>
  status !== 'cancelled' && status !== 'entered-in-error' && status !== 'draft' && status !== 'aborted';

/** Of some holders what was spent, as far as it may be told. */
async function recordsOf(
  context: FhirContext,
  tenant: number,
  patients: readonly string[],
  at: number | null,
): Promise<Records> {
  const read = <T>(type: string): Promise<T[]> => {
    const asked = { tenant, type, patients };
    return at === null ? resourcesOf<T>(context, asked) : resourcesAsOf<T>(context, asked, at);
  };
  const [claims, charges, benefits] = await Promise.all([
    read<Claim>('Claim'),
    read<ChargeItem>('ChargeItem'),
    read<ExplanationOfBenefit>('ExplanationOfBenefit'),
  ]);
  return { claims, charges, benefits };
}

const sum = (amounts: readonly (Money | undefined)[]): number =>
  amounts.reduce((all, amount) => all + Math.round((amount?.value ?? 0) * 100), 0);

const adjudication = 'http://terminology.hl7.org/CodeSystem/adjudication';

/** Amounts of the categories of an adjudication, in hundredths. */
const totals = (benefits: readonly ExplanationOfBenefit[], codes: readonly string[]): number =>
  sum(
    benefits.flatMap(({ total = [] }) =>
      total
        .filter(({ category }) =>
          category.coding?.some(({ system, code }) => system === adjudication && codes.includes(code ?? '')),
        )
        .map(({ amount }) => amount),
    ),
  );

/** What of the records belongs to the account: what is charged to it, and what is claimed under its coverages. */
function within({ claims, charges, benefits }: Records, account: Account): Records {
  const plans = new Set(account.coverage?.map(({ coverage }) => coverage.reference));
  const isCovered = ({ insurance }: Pick<Claim | ExplanationOfBenefit, 'insurance'>): boolean =>
    insurance.some(({ coverage }) => plans.has(coverage.reference));
  return {
    claims: claims.filter((one) => isOpen(one) && isCovered(one)),
    charges: charges.filter(
      (one) => isOpen(one) && one.account?.some(({ reference }) => reference === `Account/${account.id}`),
    ),
    benefits: benefits.filter((one) => isOpen(one) && isCovered(one)),
  };
}

/**
 * How an account stands for one of its holders. What the others spent counts as it was when the day began (UTC): by asking
 * often nobody finds out when another spent something, or how much at a time.
 *
 * @param self the id of the holder who asks
 */
export async function balanceOf(
  context: FhirContext,
  tenant: number,
  account: Account,
  self: string,
): Promise<Balance> {
  const holders = new Set(account.subject?.flatMap((one) => patientOf(one) ?? []));
  const others = [...holders].filter((holder) => holder !== self);
  const midnight = Math.floor(context.now() / DAY) * DAY;
  const [own, shared] = await Promise.all([
    recordsOf(context, tenant, [self], null),
    others.length === 0 ? { claims: [], charges: [], benefits: [] } : recordsOf(context, tenant, others, midnight),
  ]);
  const all = [within(own, account), within(shared, account)];
  const claims = all.flatMap((one) => one.claims);
  const charges = all.flatMap((one) => one.charges);
  const benefits = all.flatMap((one) => one.benefits);
  const start = account.extension?.find(({ url }) => url === funded)?.valueMoney;
  const currency =
    start?.currency ??
    [...claims.map(({ total }) => total), ...charges.map(({ priceOverride }) => priceOverride)].find(
      (one) => one?.currency,
    )?.currency;
  const money = (hundredths: number): Money => ({ value: hundredths / 100, ...(currency ? { currency } : {}) });
  const spent = sum(claims.map(({ total }) => total)) + sum(charges.map(({ priceOverride }) => priceOverride));
  return {
    balance: money(sum([start]) - spent),
    deductibleMet: money(totals(benefits, ['deductible'])),
    outOfPocketMet: money(totals(benefits, ['deductible', 'copay'])),
    period: account.servicePeriod ?? null,
  };
}
