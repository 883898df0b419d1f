import { ok } from '../../fhir/outcome.ts';
import type { FhirRequest } from '../../fhir/request.ts';
import { type AccountingRow, accountingRows } from '../ledger/accounting.ts';
import type { SeenFilter } from './seen-rows.ts';
import type { RecordVisit } from './visit.ts';

/** Uses that are looked at for one list. */
export const MOST = 2000;

const DAY = 86_400_000;

/**
 * What the ledger tells of the record that is open, the newest first: whose it is may see all of it, and so may who helps them.
 * That it was looked at is in the ledger as well, before it is shown.
 *
 * @param filter both days are in it
 */
export async function usesOf(
  visit: RecordVisit,
  { from, to }: Pick<SeenFilter, 'from' | 'to'>,
): Promise<AccountingRow[]> {
  const { deps, request, grant, record } = visit;
  const rows = await accountingRows(deps.fhir, request.tenant, record.id, {
    ...(from === '' ? {} : { start: new Date(from) }),
    ...(to === '' ? {} : { end: new Date(Date.parse(to) + DAY) }),
    limit: MOST,
  });
  const asked: FhirRequest = {
    method: 'GET',
    path: ['Patient', record.id, '$accounting'],
    query: '',
    header: () => undefined,
    body: '',
    grant,
    base: deps.fhir.settings.baseOf(request.tenant),
  };
  const patient = { type: 'Patient', id: record.id, patient: record.id, patients: null, labels: 0 };
  await deps.fhir.record?.(asked, ok({ status: 200, headers: {}, body: null }), [{ ...patient, interaction: 'r' }]);
  return rows;
}
