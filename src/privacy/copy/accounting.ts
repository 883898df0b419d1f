import type { FhirContext } from '../../fhir/context.ts';
import { type AccountingPlace, type AccountingRow, accountingRows } from '../ledger/accounting.ts';
import type { Piece } from './archive.ts';
import type { Copy } from './copies.ts';
import { type Cells, csv } from './csv.ts';
import { type AskGrant, PAGE } from './record.ts';

const columns = [
  'when',
  'what_was_done',
  'who',
  'of',
  'address',
  'app',
  'what',
  'purpose',
  'allowed_by',
  'emergency',
  'note',
] as const;

function lineOf(row: AccountingRow): Cells {
  const { who, organization, client, what } = row;
  return {
    when: row.recorded,
    what_was_done: row.deed,
    who: who.display ?? who.reference ?? '',
    of: organization?.name ?? organization?.reference ?? '',
    address: organization?.address ?? '',
    app: client?.name ?? client?.id ?? '',
    what: what.map(({ type, count, ids }) => (count === 1 && ids[0] ? `${type}/${ids[0]}` : `${count} ${type}`)),
    purpose: row.purpose,
    allowed_by: row.basis,
    emergency: row.emergency,
    note: row.why,
  };
}

/** Who used the record, or was given something of it, newest first, as a table; the events themselves are in the record. */
export async function* accountingFiles(
  context: FhirContext,
  askGrant: AskGrant,
  { tenant, patient }: Copy,
): AsyncGenerator<{ name: string; pieces: AsyncGenerator<Piece> }> {
  async function* table(): AsyncGenerator<Piece> {
    yield { bytes: Buffer.from(csv(columns, [])), count: 0 };
    let before: AccountingPlace | undefined;
    for (;;) {
      await askGrant();
      const rows = await accountingRows(context, tenant, patient, { limit: PAGE, ...(before ? { before } : {}) });
      const last = rows.at(-1);
      if (!last) return;
      yield { bytes: Buffer.from(csv(columns, rows.map(lineOf)).replace(/^.*\r\n/, '')), count: rows.length };
      if (rows.length < PAGE) return;
      before = { recorded: last.recorded, id: last.id };
    }
  }
  yield { name: 'accounting/accounting.csv', pieces: table() };
}
