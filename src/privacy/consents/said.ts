import { allRows, type Denial, type Rows } from '../../fhir/access.ts';
import type { ConsentEffect } from '../gate/facts.ts';
import { commonRows, mergedDenials, rowsName } from '../gate/rules.ts';

/** Patients who open the same labels, as bits. */
export type Opened = { bits: number; patients: readonly string[] };

/** What all Consents that bear on a caller say together; by type, `*` is every type of a record. */
export type Said = {
  permits: ReadonlyMap<string, readonly Rows[]>;
  denials: ReadonlyMap<string, readonly Denial[]>;
  opened: readonly Opened[];
};

/** What is said of rows of one patient, by who says it: of no other row does it hold. */
function own<T extends Rows>(patient: string, rows: T): T[] {
  const ofPatient = commonRows(rows, { ...allRows, patients: [patient] });
  return ofPatient ? [{ ...rows, ...ofPatient }] : [];
}

/** The same permits in fewer: what several patients permit in the same words is permitted once, of all. */
function mergedRows(all: readonly Rows[]): readonly Rows[] {
  const byWords = new Map<string, { rows: Rows; patients: Set<string> }>();
  for (const rows of all) {
    const words = rowsName({ ...rows, patients: 'all' });
    const found = byWords.get(words) ?? { rows, patients: new Set() };
    // `own` has left one patient in each.
    for (const patient of rows.patients === 'all' ? [] : rows.patients) found.patients.add(patient);
    byWords.set(words, found);
  }
  return [...byWords.values()].map(({ rows, patients }) => ({ ...rows, patients: [...patients] }));
}

function collect<T extends Rows>(
  consents: readonly ConsentEffect[],
  of: (consent: ConsentEffect) => ReadonlyMap<string, readonly T[]>,
  merge: (all: readonly T[]) => readonly T[],
): ReadonlyMap<string, readonly T[]> {
  const byType = new Map<string, T[]>();
  for (const consent of consents)
    for (const [type, rows] of of(consent)) {
      const found = byType.get(type) ?? [];
      for (const one of rows) found.push(...own(consent.patient, one));
      byType.set(type, found);
    }
  return new Map([...byType].map(([type, rows]) => [type, merge(rows)]));
}

/** @param urgent ids of the patients in an emergency, of whose record nothing is denied */
export function saidBy(consents: readonly ConsentEffect[], urgent: ReadonlySet<string>): Said {
  const opens = new Map<string, number>();
  for (const { patient, opens: bits } of consents) opens.set(patient, (opens.get(patient) ?? 0) | bits);
  const byBits = Map.groupBy(
    [...opens].filter(([, bits]) => bits !== 0),
    ([, bits]) => bits,
  );
  return {
    permits: collect(consents, ({ permits }) => permits, mergedRows),
    denials: collect(
      consents.filter(({ patient }) => !urgent.has(patient)),
      ({ denials }) => denials,
      mergedDenials,
    ),
    opened: [...byBits].map(([bits, patients]) => ({ bits, patients: patients.map(([patient]) => patient) })),
  };
}
