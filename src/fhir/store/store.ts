import type { Database } from '../../db/database.ts';
import { createReader, type Reader } from './read.ts';
import { createWriter, type Writer } from './write.ts';

/** Resources by id, in and out of one database, under a Grant. Made once: its lanes are shared by all requests. */
export type Store = Reader & Writer;

export function createStore(database: Database): Store {
  const reader = createReader(database);
  return { ...reader, ...createWriter(database, reader) };
}
