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

/** In hex, of all that a row says. The migration writes the same for what was there before. */
export function rowDigest(tenant: number, recorded: number, row: LedgerRow): string {
  const { id, patient, shape, keys, content, whole } = row;
  const own = whole ? `${whole.code ?? ''}\n${whole.present.join(',')}` : '\n';
  const suspended = whole?.suspendedUntil ?? '';
  const text = `${tenant}\n${id}\n${recorded}\n${patient ?? ''}\n${shape?.digest ?? ''}\n${own}\n${keys.join(',')}\n${suspended}\n${content}`;
  return hash('sha256', text);
}

/** What a row keeps of its digest: 52 bits, so that it is a Number here. */
export const shortDigest = (digest: string): number => Number.parseInt(digest.slice(0, 13), 16);

/** Of a block, in hex: of the digests of its rows in their order. */
export const blockDigest = (digests: readonly string[]): string => hash('sha256', Buffer.from(digests.join(''), 'hex'));
