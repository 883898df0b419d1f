import type { AuditEvent } from '@medplum/fhirtypes';

import type { FhirContext } from '../../fhir/context.ts';
import type { Piece } from './archive.ts';
import type { Copy } from './copies.ts';
import { type Cells, csv } from './csv.ts';
import { type AskGrant, recordPages } from './record.ts';

const columns = ['when', 'who', 'what', 'purpose', 'why'] as const;

const whoOf = ({ agent }: AuditEvent): string[] =>
  (agent ?? []).flatMap(({ who, name, altId }) => who?.display ?? name ?? who?.reference ?? altId ?? []);

function lineOf(event: AuditEvent): Cells {
  const { recorded, subtype, type, purposeOfEvent, outcomeDesc } = event;
  return {
    when: recorded ?? null,
    who: whoOf(event),
    what: subtype?.[0]?.display ?? subtype?.[0]?.code ?? type?.display ?? type?.code ?? '',
    purpose: purposeOfEvent?.[0]?.coding?.[0]?.code ?? '',
    why: outcomeDesc ?? '',
  };
}

/** Who used the record, or was given something of it, as a table; the events themselves are in the record. */
export async function* accountingFiles(
  context: FhirContext,
  askGrant: AskGrant,
  { patient }: Copy,
): AsyncGenerator<{ name: string; pieces: AsyncGenerator<Piece> }> {
  async function* table(): AsyncGenerator<Piece> {
    yield { bytes: Buffer.from(csv(columns, [])), count: 0 };
    for await (const page of recordPages(context, askGrant, patient, 'AuditEvent')) {
      // What is stored as an AuditEvent is one.
      const rows = page.map(({ content }) => lineOf(JSON.parse(content) as AuditEvent));
      yield { bytes: Buffer.from(csv(columns, rows).replace(/^.*\r\n/, '')), count: rows.length };
    }
  }
  yield { name: 'accounting/accounting.csv', pieces: table() };
}
