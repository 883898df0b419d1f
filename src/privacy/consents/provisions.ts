import type { Coding, ConsentProvision } from '@medplum/fhirtypes';

import { allRows, type DataPeriod, type Predicate, type Rows } from '../../fhir/access.ts';
import type { FhirContext, Resource } from '../../fhir/context.ts';
import { compartmentTypes } from '../../fhir/definitions/compartments.ts';
import { primary } from '../../fhir/definitions/primary.ts';
import { rollUpCodes } from '../../fhir/samples/roll-up-codes.ts';
import { parseInterval } from '../../fhir/search/dates.ts';
import type { PredicateOf } from '../../fhir/search/predicate.ts';
import { tokenParameters } from '../../fhir/search/token-parameters.ts';
import { replaced } from '../../fhir/store/storable.ts';
import { labelsOf, normal, resourceTypeSystem } from './provision-codes.ts';
import { localName, namesIn } from './references.ts';
import { type Tied, tiedRows } from './related-rows.ts';

/**
 * What a provision is about, in one patient's record: rows by type, `*` is every type of the compartment. `unwritten` are rows
 * that only their text tells and no Scan can write; they are among the rows, as far as they were there when it was read.
 */
export type Content = { rows: ReadonlyMap<string, readonly Rows[]>; unwritten: ReadonlyMap<string, readonly Rows[]> };

/** Where provisions are read. */
export type Reading = { context: FhirContext; predicateOf: PredicateOf; tenant: number; patient: string };

/** Rows of one type, without what is asked of their labels. */
type Part = Pick<Rows, 'ids' | 'where' | 'period'>;

const every: Part = { ids: null, where: null, period: null };

/** Types whose date is that of a birth, which is no date of care. */
const isDated = (type: string): boolean => primary(type).date !== 'birthdate';

/** What a provision says of labels: of each row one of these must hold. */
function labelled(provision: ConsentProvision): readonly Pick<Rows, 'having' | 'without'>[] {
  const { securityLabel = [] } = provision;
  if (securityLabel.length === 0) return [{ having: 0, without: 0 }];
  const having = openedBy(provision);
  const isNormal = securityLabel.some(({ code, system }) => normal.is(system, code));
  return [
    ...(isNormal ? [{ having: 0, without: normal.without }] : []),
    ...(having === 0 ? [] : [{ having, without: 0 }]),
  ];
}

/** The labels, as bits, that a provision names, and what is part of them. */
export const openedBy = ({ securityLabel = [], type }: ConsentProvision): number =>
  labelsOf(securityLabel, type !== 'permit');

/**
 * Rows whose primary date, or where there is none last update, is within. The columns are made by the same index.
 *
 * @param end the first instant not covered
 */
export function periodOf(
  { context, tenant }: Pick<Reading, 'context' | 'tenant'>,
  start: number,
  end: number,
): DataPeriod {
  return {
    start,
    end,
    holds(content) {
      if (content === '') return false;
      const resource = JSON.parse(content) as Resource; // what is stored is one
      const { dateStart, dateEnd } = context.index(tenant, resource);
      const { lastUpdated } = resource.meta as { lastUpdated: string }; // the server has written it
      const updated = Date.parse(lastUpdated);
      return (dateStart ?? updated) < end && (dateEnd ?? updated) > start;
    },
  };
}

// As far as FHIR counts years.
const first = Date.parse('0001-01-01T00:00:00Z');
const last = Date.parse('9999-12-31T00:00:00Z');

/** Both bounds are included, whole days and months with them. */
function dataPeriod(reading: Reading, { dataPeriod: period }: ConsentProvision): DataPeriod | null {
  if (!period?.start && !period?.end) return null;
  const start = period.start === undefined ? null : parseInterval(period.start);
  const end = period.end === undefined ? null : parseInterval(period.end);
  return periodOf(reading, start?.start ?? first, end?.end ?? last);
}

/** The search parameter that tells what a resource of a type is. */
export function codeParameter(type: string): string | null {
  const has = tokenParameters(type);
  return ['code', 'vaccine-code', 'type', 'class'].find((code) => has.has(code)) ?? null;
}

const escaped = (text: string): string => encodeURIComponent(text.replace(/[\\,|$]/g, '\\$&'));

/** Codes, and those of what readings of them are rolled up to (src/devices/rollups): it says no less than they do. */
const withRollUps = (type: string, coding: readonly Coding[]): readonly Coding[] =>
  type === 'Observation' ? coding.flatMap((one) => [one, ...rollUpCodes(one.code ?? '')]) : coding;

function codeOf(reading: Reading, type: string, { code = [] }: ConsentProvision): Predicate | null {
  const tokens = code.flatMap(({ coding = [] }) =>
    withRollUps(type, coding).map((one) => `${escaped(one.system ?? '')}|${escaped(one.code ?? '')}`),
  );
  const parameter = codeParameter(type);
  return parameter === null ? null : reading.predicateOf(reading.tenant, type, `${parameter}=${tokens.join(',')}`);
}

const both = (one: Predicate, other: Predicate): Predicate => ({
  text: `${one.text} and ${other.text}`,
  keys: [...one.keys, ...other.keys],
  byText: one.byText === true || other.byText === true,
  holds: (content) => one.holds(content) && other.holds(content),
});

function push<T>(map: Map<string, T[]>, type: string, value: T): void {
  map.set(type, [...(map.get(type) ?? []), value]);
}

/** Who somebody is, what they owe, and who helps them: what an Encounter refers to beside what was found in it. */
const beside: ReadonlySet<string> = new Set([
  ...['Account', 'Appointment', 'CareTeam', 'Coverage', 'Group', 'Patient', 'Person', 'RelatedPerson', 'Schedule'],
]);

/** Instances that a resource refers to, by type, among the types of the compartment. */
async function referredBy({ context, tenant }: Reading, name: string): Promise<readonly string[]> {
  const [type = '', id = ''] = name.split('/');
  const found = await replaced(context, tenant, type, id);
  if (!found) return [];
  const types = new Set(compartmentTypes(context.definitions, 'Patient'));
  const names = namesIn(JSON.parse(found.content), context.settings.baseOf(tenant));
  return [...names].filter((one) => {
    const [of = ''] = one.split('/');
    return types.has(of) && !beside.has(of);
  });
}

type Parts = { parts: Map<string, Part[]>; unwritten: Map<string, Part[]> };

/** What `data` names: an instance, what is tied to it, or what somebody made. */
async function dataParts(reading: Reading, { data = [] }: ConsentProvision): Promise<Parts> {
  const { context, tenant } = reading;
  const parts = new Map<string, Part[]>();
  const unwritten = new Map<string, Part[]>();
  const instance = (name: string): void => {
    const [type = '', id = ''] = name.split('/');
    push(parts, type, { ...every, ids: [id] });
  };
  const tied = (rows: ReadonlyMap<string, Tied>): void => {
    for (const [type, { where, ids, whole }] of rows) {
      if (where !== null) push(parts, type, { ...every, where });
      if (ids.length > 0) push(parts, type, { ...every, ids });
      push(unwritten, type, { ...every, where: whole });
    }
  };
  for (const { meaning, reference } of data) {
    const name = localName(reference.reference, context.settings.baseOf(tenant));
    if (name === null) continue;
    if (meaning === 'authoredby') tied(await tiedRows({ ...reading, name, tie: 'authored' }));
    else instance(name);
    if (meaning === 'related' || meaning === 'dependents') tied(await tiedRows({ ...reading, name, tie: 'related' }));
    if (meaning === 'related') for (const one of await referredBy(reading, name)) instance(one);
  }
  return { parts, unwritten };
}

/**
 * The rows of a provision that has no problem (provision-problems.ts).
 *
 * @param types what it is about where it names no class: the classes of the provision it is an exception to; null: every type
 */
export async function contentOf(
  reading: Reading,
  provision: ConsentProvision,
  types: readonly string[] | null = null,
): Promise<Content> {
  const { context, patient } = reading;
  const named = classesOf(provision) ?? types;
  const period = dataPeriod(reading, provision);
  const { data = [], code = [] } = provision;
  const labels = labelled(provision);
  const rows = new Map<string, Rows[]>();
  const unwritten = new Map<string, Rows[]>();

  const add = (into: Map<string, Rows[]>, type: string, part: Part): void => {
    let { where } = part;
    if (code.length > 0) {
      const says = codeOf(reading, type, provision);
      if (says === null) return;
      where = where === null ? says : both(where, says);
    }
    for (const one of labels) push(into, type, { ...allRows, ...part, ...one, where, period, patients: [patient] });
  };

  if (data.length === 0) {
    const isWhole = named === null && period === null && code.length === 0;
    const all = named ?? compartmentTypes(context.definitions, 'Patient');
    for (const type of isWhole ? ['*'] : all) if (period === null || isDated(type)) add(rows, type, every);
    return { rows, unwritten };
  }
  const found = await dataParts(reading, provision);
  const isNamed = (type: string): boolean => (named?.includes(type) ?? true) && (period === null || isDated(type));
  for (const [type, parts] of found.parts) if (isNamed(type)) for (const part of parts) add(rows, type, part);
  for (const [type, parts] of found.unwritten) if (isNamed(type)) for (const part of parts) add(unwritten, type, part);
  return { rows, unwritten };
}

/** The types that a provision names, null where it names none. */
export function classesOf({ class: classes = [] }: ConsentProvision): readonly string[] | null {
  if (classes.length === 0) return null;
  return classes.filter(({ system }) => system === resourceTypeSystem).flatMap(({ code }) => code ?? []);
}

/** Whether it is about some of a record only, by what is in it and not by its labels. */
export const isPartial = (provision: ConsentProvision): boolean =>
  [provision.class, provision.data, provision.code].some((list) => list !== undefined && list.length > 0) ||
  provision.dataPeriod !== undefined;
