import { hash } from 'node:crypto';

/** A row of the ledger before it is in a block. `keys` and the rest are as of `resource` (search/row.ts). */
export type LedgerRow = {
  id: string;
  /** ms since 1970; null: when its block is written. */
  recorded: number | null;
  /** Whom it is about. */
  patient: string | null;
  /** What it has in common with others; null: `content` is a whole AuditEvent, with code and present of its own. */
  shape: { id: number; digest: string } | null;
  keys: readonly number[];
  content: string;
  whole?: {
    code: number | null;
    present: readonly number[];
    /** ms since 1970 until when a legal order hides it; null: it does not. */
    suspendedUntil: number | null;
  };
};

const betweenRows = '\x1e';
const betweenFields = '\x1f';

/** A row as a block holds it; the view ledger_line takes it apart. JSON and ids hold no control character. */
export function rowLine({ id, recorded, patient, shape, keys, content, whole }: LedgerRow): string {
  const own = whole ? `${whole.code ?? ''}${betweenFields}${whole.present.join(',')}` : betweenFields;
  const fields = [
    id,
    recorded ?? '',
    patient ?? '',
    shape?.id ?? '',
    own,
    keys.join(','),
    whole?.suspendedUntil ?? '',
    content,
  ];
  return fields.join(betweenFields);
}

/** The rows of a block as one text. */
export const blockContent = (rows: readonly LedgerRow[]): string => rows.map(rowLine).join(betweenRows);

/**
 * In hex. The shapes are part of what a block says, each by its whole digest, in the order in which they are first named.
 *
 * @param recorded ms since 1970
 */
export const blockDigest = (recorded: number, content: string, shapes: readonly string[]): string =>
  hash('sha256', `${recorded}\n${content}\n${shapes.join(',')}`);

/** The digests of the shapes of rows, each once. */
export const shapesIn = (rows: readonly LedgerRow[]): string[] => [
  ...new Set(rows.flatMap(({ shape }) => shape?.digest ?? [])),
];

/** The fields of the rows of a block, for verify.ts. */
export const fieldsOf = (content: string): string[][] =>
  content.split(betweenRows).map((line) => line.split(betweenFields));
