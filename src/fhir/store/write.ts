import { type Database, DatabaseError } from '../../db/database.ts';
import { admitsChange, type GateRow, type Grant, type Interaction, reachesAll } from '../access.ts';
import { conflict, forbidden, ok, preconditionFailed, type Result } from '../outcome.ts';
import { type Applied, applyChanges, applyCreates, applyRemovals, type Change, type Removal } from './apply.ts';
import { lane } from './coalesce.ts';
import { rememberTexts } from './concept-texts.ts';
import type { Draft } from './draft.ts';
import { type Reader, unknownId } from './read.ts';
import { note, type Stored } from './release.ts';

/** A write that has been committed. */
export type Written = Stored & { created: boolean };

export type Writer = {
  /** New resources under ids that the server has made: all of them, or none. */
  create(grant: Grant, drafts: readonly Draft[]): Promise<Result<Written[]>>;
  /** The next version, or the first one under an id that the client chose. `expected`: the version of If-Match, or null. */
  update(grant: Grant, draft: Draft, expected: number | null): Promise<Result<Written>>;
  /** Null where there was nothing to delete, or nothing that the caller may see. */
  remove(grant: Grant, removal: Removal): Promise<Result<{ version: number } | null>>;
};

const attempts = 5;

/** A row that cannot be written costs its batch the commit; the others are then written one by one. */
const separable = (error: unknown): boolean => error instanceof DatabaseError && error.fault === 'fault';

export const writtenOf = (draft: Draft, version: number, was: number): Written => ({
  type: draft.type,
  id: draft.id,
  version,
  lastUpdated: draft.lastUpdated,
  patient: draft.row.patient,
  patients: draft.row.patients,
  labels: draft.row.labels,
  content: `${draft.head}${version}${draft.tail}`,
  created: was === 0,
});

/** What was written, which the ledger is told of. */
export function noted(grant: Grant, written: Written): Written {
  note(grant, written, written.created ? 'c' : 'u');
  return written;
}

const gateRow = ({ id, head, tail, row: { patient, patients, labels } }: Draft): GateRow => ({
  id,
  content: `${head}1${tail}`,
  patient,
  patients,
  labels,
});

/** Whether the grant lets this row be written; it says nothing of other rows, since the caller sent this one. */
export function mayWrite(grant: Grant, draft: Draft, interaction: Interaction): Result<null> {
  if (admitsChange(grant, draft.type, gateRow(draft), interaction)) return ok(null);
  return forbidden(`Your access does not cover ${interaction === 'c' ? 'creating' : 'writing'} this ${draft.type}`);
}

const staleVersion = (expected: number | null, version: number): Result<never> =>
  preconditionFailed(
    version === 0
      ? `If-Match asks for version ${expected}, but there is no such resource`
      : `If-Match asks for version ${expected}, but the current version is ${version}`,
  );

const contended = (type: string, id: string): Result<never> =>
  conflict(`${type}/${id} is being written by others at the same time; read it and try again`);

export const ofOthersToo = (type: string, id: string): Result<never> =>
  forbidden(`${type}/${id} is in the record of somebody else as well; your access does not cover changing it`);

export function createWriter(database: Database, reader: Reader): Writer {
  const creates = lane<readonly Draft[], null>({
    width: 2,
    maxWeight: 500,
    weight: (drafts) => drafts.length,
    separable,
    async run(groups) {
      const drafts = groups.flat();
      await rememberTexts(database, drafts);
      await applyCreates(database.byKey, drafts);
      return groups.map(() => null);
    },
  });
  const changes = lane<Change, Applied>({
    width: 2,
    maxWeight: 500,
    separable,
    identity: ({ draft }) => [`${draft.tenant}/${draft.type}/${draft.id}`],
    async run(items) {
      await rememberTexts(
        database,
        items.map(({ draft }) => draft),
      );
      return applyChanges(database.byKey, items);
    },
  });
  const removals = lane<Removal, Applied>({
    width: 1,
    maxWeight: 500,
    separable,
    identity: ({ tenant, type, id }) => [`${tenant}/${type}/${id}`],
    run: (items) => applyRemovals(database.byKey, items),
  });

  /** Two processes that create one new id at once: one of them fails on the key, and then finds the resource. */
  async function change(item: Change): Promise<Applied> {
    for (let attempt = 1; ; attempt++) {
      try {
        const applied = await changes.push(item);
        if (!('refused' in applied) || applied.refused !== 'raced' || attempt === attempts) return applied;
      } catch (error) {
        if (!(error instanceof DatabaseError) || error.sqlstate !== '23505' || attempt === attempts) throw error;
      }
    }
  }

  return {
    async create(grant, drafts) {
      for (const draft of drafts) {
        const allowed = mayWrite(grant, draft, 'c');
        if (!allowed.ok) return allowed;
      }
      await creates.push(drafts);
      return ok(drafts.map((draft) => noted(grant, writtenOf(draft, 1, 0))));
    },

    async update(grant, draft, expected) {
      const allowed = mayWrite(grant, draft, 'u');
      if (!allowed.ok) return allowed;
      for (let attempt = 1; ; attempt++) {
        let version = expected;
        if (!reachesAll(grant, draft.type, 'u')) {
          const current = await reader.read(grant, draft.type, draft.id, 'u');
          if (!current.ok) return unknownId(draft.type, draft.id);
          if (!admitsChange(grant, draft.type, current.value, 'u')) return ofOthersToo(draft.type, draft.id);
          version = expected ?? current.value.version;
        }
        const applied = await change({ draft, expected: version });
        if (!('refused' in applied)) return ok(noted(grant, writtenOf(draft, applied.version, applied.was)));
        if (applied.refused === 'erased') return unknownId(draft.type, draft.id);
        if (applied.refused === 'stale' && expected !== null) return staleVersion(expected, applied.version);
        if (attempt === attempts) return contended(draft.type, draft.id);
      }
    },

    async remove(grant, removal) {
      for (let attempt = 1; ; attempt++) {
        let version = removal.expected;
        let row: Stored | null = null;
        // Whose record it was in is for the ledger to know.
        if (!reachesAll(grant, removal.type, 'd') || grant.seen) {
          const current = await reader.read(grant, removal.type, removal.id, 'd');
          if (!current.ok) return ok(null);
          if (!admitsChange(grant, removal.type, current.value, 'd')) return ofOthersToo(removal.type, removal.id);
          version ??= current.value.version;
          row = current.value;
        }
        const applied = await removals.push({ ...removal, expected: version });
        if (!('refused' in applied)) {
          if (row) note(grant, row, 'd');
          return ok({ version: applied.version });
        }
        if (applied.refused === 'absent')
          return removal.expected === null ? ok(null) : staleVersion(removal.expected, 0);
        if (applied.refused === 'stale' && removal.expected !== null) {
          return staleVersion(removal.expected, applied.version);
        }
        if (attempt === attempts) return contended(removal.type, removal.id);
      }
    },
  };
}
