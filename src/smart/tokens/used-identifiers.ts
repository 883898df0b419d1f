import type { Queryable } from '../../db/database.ts';
import { sha256 } from '../random.ts';

/** What may be used once: `kind` says of what, `owner` who chose the identifier. */
export type Used = {
  tenant: number;
  kind: string;
  owner: string;
  identifier: string;
  expires: Date;
};

/** Whether it is used for the first time, on any node; it is remembered until it would not be taken for its age. */
export async function useOnce(on: Queryable, { tenant, kind, owner, identifier, expires }: Used): Promise<boolean> {
  const [row] = await on.query(
    `insert into used_identifier (tenant, kind, owner, identifier, expires_at) values ($1, $2, $3, $4, $5)
     on conflict do nothing returning 1`,
    // Others choose it, of any length and any characters.
    [tenant, kind, owner, sha256(identifier), expires],
  );
  return row !== undefined;
}
