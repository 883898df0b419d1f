import { isDeepStrictEqual } from 'node:util';
import type { Observation } from '@medplum/fhirtypes';

import type { Queryable } from '../../db/database.ts';
import type { FhirContext } from '../../fhir/context.ts';
import { replaceMadeIn, storeMadeIn } from '../../privacy/made.ts';
import { measureOf } from '../measures.ts';
import { chosen } from './chosen.ts';
import { type Due, lockRollUps, nextDue, takeDue } from './due.ts';
import { DAY, HOUR, type Piece } from './piece.ts';
import { MOST_READINGS, type Rolled, readings } from './readings.ts';
import { type RollUpOf, rollUpId, rollUpObservation } from './roll-up-observation.ts';
import { rollUpProvenance } from './roll-up-provenance.ts';
import { daySummary, hourSummary, type Summary } from './summary.ts';
import { AROUND, daysTouched, hoursTouched } from './touched.ts';

type Made = { of: RollUpOf; summary: Summary | null };
type Kept = { version: number; resource: Observation & { id: string } };

const keptSql = `select id, version, content from resource where tenant = $1 and type = 96 and id = any($2::text[])`;
const goneSql = `select distinct id from resource_history where tenant = $1 and type = 96 and id = any($2::text[]) and deleted`;

async function keptOf(on: Queryable, tenant: number, ids: readonly string[]): Promise<Map<string, Kept>> {
  const rows = (await on.query(keptSql, [tenant, ids])) as [string, number, string][];
  return new Map(
    // What is stored has been checked.
    rows.map(([id, version, content]) => [id, { version, resource: JSON.parse(content) as Kept['resource'] }]),
  );
}

/** Without what the server says of each version; labels that a rule has added are no difference. */
function says({ meta, ...rest }: Observation, other: Observation): boolean {
  const { meta: theirs, ...wanted } = other;
  const has = new Set((meta?.security ?? []).map(({ system, code }) => `${system}|${code}`));
  const labelled = (theirs?.security ?? []).every(({ system, code }) => has.has(`${system}|${code}`));
  return labelled && isDeepStrictEqual(rest, wanted);
}

/** Of what is measured no more nothing is left, but that it was there. */
function inError({
  meta,
  valueSampledData: _value,
  component: _component,
  ...rest
}: Kept['resource']): Kept['resource'] {
  const security = meta?.security;
  return { ...rest, ...(security ? { meta: { security } } : {}), status: 'entered-in-error' };
}

function made(of: Rolled, due: readonly number[], pieces: readonly Piece[]): Made[] {
  const { roll } = of.measure;
  if (roll === null) return [];
  const hours = hoursTouched(due, pieces);
  const all = chosen(pieces, roll);
  return [
    ...hours.map((start) => ({
      of: { ...of, span: 'hourly' as const, start },
      summary: hourSummary(all, roll, start),
    })),
    ...daysTouched(hours).map((start) => ({
      of: { ...of, span: 'daily' as const, start },
      summary: daySummary(pieces, all, roll, start),
    })),
  ];
}

/** Writes those that say something else than before. @returns how many */
async function write(context: FhirContext, tx: Queryable, of: Rolled, all: readonly Made[]): Promise<number> {
  const { tenant, patient } = of;
  const ids = all.map((one) => rollUpId(one.of));
  const kept = await keptOf(tx, tenant, ids);
  const gone = new Set((await tx.query(goneSql, [tenant, ids])).map(([id]) => String(id)));
  const created: (Observation & { id: string })[] = [];
  const changed: { resource: Observation & { id: string }; version: number }[] = [];
  for (const { of: one, summary } of all) {
    const id = rollUpId(one);
    const stored = kept.get(id);
    if (stored === undefined) {
      // What somebody has deleted is not made again.
      if (summary !== null && !gone.has(id)) created.push(rollUpObservation(one, summary));
      continue;
    }
    const resource = summary === null ? inError(stored.resource) : rollUpObservation(one, summary);
    if (!says(stored.resource, resource)) changed.push({ resource, version: stored.version });
  }
  const written = [...created, ...changed.map(({ resource }) => resource)];
  if (written.length === 0) return 0;
  const devices = all.flatMap(({ summary }) => (summary?.pieces ?? []).map(({ device }) => device));
  const provenance = rollUpProvenance({ patient, written, devices, isNew: changed.length === 0, now: context.now() });
  await storeMadeIn(context, tx, tenant, [...created, provenance]);
  if (!(await replaceMadeIn(context, tx, tenant, changed))) throw new Error('a roll-up was written by somebody else');
  return written.length;
}

/** ms: from the first to the last of hours that are looked at together. */
const TOGETHER = DAY;

/** Hours near each other, whose readings are read together. */
function clusters(hours: readonly number[]): number[][] {
  const all: number[][] = [];
  for (const hour of hours) {
    const last = all.at(-1);
    if (last && hour - (last[0] ?? hour) < TOGETHER) last.push(hour);
    else all.push([hour]);
  }
  return all;
}

/** Takes some hours of one measure of a patient and rolls them up. @returns whether there may be more */
async function rollUpSome(context: FhirContext, tenant: number, due: Due, until: number): Promise<boolean> {
  return context.database.transaction(async (tx) => {
    await lockRollUps(tx, tenant, due.patient);
    const { hours, more } = await takeDue(tx, tenant, due, until);
    const measure = measureOf(due.measure);
    if (!measure || measure.roll === null) return more;
    const of: Rolled = { tenant, patient: due.patient, measure };
    for (const some of clusters(hours)) {
      const [first = 0, last = first] = [some[0], some.at(-1)];
      const pieces = await readings(tx, of, { from: first - AROUND, to: last + AROUND });
      // So many were not measured; what they come to nobody can read.
      if (pieces.length > MOST_READINGS) continue;
      await write(context, tx, of, made(of, some, pieces));
    }
    return more;
  });
}

/**
 * Rolls up all hours that are due and over, with the days that they are of. An hour under way would be written anew each minute.
 */
export async function rollUp(context: FhirContext, tenant: number): Promise<void> {
  const until = context.now() - HOUR;
  let due: Due | null = { patient: '', measure: '' };
  let failed: { error: unknown } | null = null;
  for (;;) {
    due = await nextDue(context.database, tenant, due, until);
    if (due === null) break;
    try {
      while (await rollUpSome(context, tenant, due, until));
    } catch (error) {
      // What is wrong with one measure of one patient holds up none of the others.
      failed ??= { error };
    }
  }
  if (failed) throw failed.error;
}
