import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import type { Sql } from '../run/postgres.ts';

/** What one COPY statement takes: rows of one table in Postgres's text format. */
type Piece = { table: string; bytes: Buffer };

export type Copied = { pieces: Piece[]; resources: number };

const rowsInPiece = 1000;
const sides = ['resource_string', 'resource_date', 'resource_number', 'resource_position'];

async function read(sql: Sql, select: string): Promise<Buffer> {
  const stream = await sql.unsafe(`copy (${select}) to stdout`).readable();
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Cuts after every so many lines; a newline within a value is escaped in this format. */
function cut(table: string, bytes: Buffer): { pieces: Piece[]; rows: number } {
  const pieces: Piece[] = [];
  let rows = 0;
  for (let start = 0, at = 0; at < bytes.length; ) {
    at = bytes.indexOf(10, at) + 1;
    rows++;
    if (rows % rowsInPiece === 0 || at === bytes.length) {
      pieces.push({ table, bytes: bytes.subarray(start, at) });
      start = at;
    }
  }
  return { pieces, rows };
}

/** Takes out of the server's own database what it wrote since an instant, in the order it was written. */
export async function takeRows(sql: Sql, since: Date): Promise<Copied> {
  const when = `last_updated >= '${since.toISOString()}'`;
  const resources = cut('resource', await read(sql, `select * from resource where ${when} order by last_updated, id`));
  const pieces = resources.pieces;
  for (const table of sides) {
    const select = `select s.* from ${table} s join resource r using (tenant, type, id) where r.${when}`;
    pieces.push(...cut(table, await read(sql, select)).pieces);
  }
  return { pieces, resources: resources.rows };
}

/**
 * The floor under an import: COPY of the very rows that the server made of it, into the same tables with the same
 * indexes, pieces of a thousand rows, each committed, on as many connections as the import had users.
 *
 * @returns seconds
 */
export async function copyRows(sql: Sql, { pieces }: Copied, connections: number): Promise<number> {
  let next = 0;
  async function live(): Promise<void> {
    for (let piece = pieces[next++]; piece; piece = pieces[next++]) {
      const stream = await sql.unsafe(`copy ${piece.table} from stdin`).writable();
      await pipeline(Readable.from([piece.bytes]), stream);
    }
  }
  const start = performance.now();
  await Promise.all(Array.from({ length: connections }, live));
  return (performance.now() - start) / 1000;
}
