import type { Row } from '../../db/database.ts';
import { expand } from '../audit/render.ts';
import { typeOfNumber } from '../resources.ts';

/** A row as a search returns it, with what the gate is held against once more. */
export type Found = {
  type: string;
  id: string;
  version: number;
  lastUpdated: Date;
  /** The stored JSON text. */
  content: string;
  patient: string | null;
  patients: string[] | null;
  labels: number;
  mode: 'match' | 'include';
};

/** Reads what columnsOf of compile.ts selects. */
export function foundRow(row: Row, mode: Found['mode']): Found {
  // The select list fixes the shape of the row.
  const [type, id, version, lastUpdated, content, patient, patients, labels] = row as [
    number,
    string,
    number,
    Date,
    string,
    string | null,
    string[] | null,
    number,
  ];
  const name = typeOfNumber(type);
  return { type: name, id, version, lastUpdated, content: expand(name, content), patient, patients, labels, mode };
}

/** The keys of a row that brought them. bigint comes as text. */
export const keysOfRow = (row: Row): ReadonlySet<number> => new Set((row[8] as string[]).map(Number));
