import type { Grant } from '../../fhir/access.ts';
import type { FhirContext } from '../../fhir/context.ts';
import type { Condition } from '../../fhir/search/condition.ts';
import { conditionOf } from '../../fhir/search/criteria.ts';
import { interval } from '../../fhir/search/dates.ts';
import { parseCriterion } from '../../fhir/search/parse.ts';
import { limits } from '../../fhir/search/request.ts';
import { Scan } from '../../fhir/search/scan.ts';
import { Statement } from '../../fhir/search/statement.ts';
import { systemGrant } from '../../fhir/store/system.ts';

/** The ids of the Patients whom a user has to do with, sorted: who they are, cares for, or treats. */
export type Reach = (tenant: number, fhirUser: string | null) => Promise<readonly string[]>;

export type Period = { start?: string; end?: string } | undefined;

/** Resources that were checked when they were stored. */
export type Role = { active?: boolean; period?: Period };
type Team = { period?: Period; participant?: { member?: { reference?: string }; period?: Period }[] };

/** What does not say when it is, is now. */
export function isCurrent(period: Period, now: number): boolean {
  const start = period?.start === undefined ? null : interval(period.start);
  const end = period?.end === undefined ? null : interval(period.end);
  if (start !== null && !(start.ok && start.value.start <= now)) return false;
  return end === null || (end.ok && now < end.value.end);
}

export const isActive = ({ active, period }: Role, now: number): boolean => active !== false && isCurrent(period, now);

const user = /^(Patient|RelatedPerson|Practitioner)\/([A-Za-z0-9.-]{1,64})$/;

const types = ['Patient', 'RelatedPerson', 'Practitioner', 'PractitionerRole', 'CareTeam', 'Encounter', 'Appointment'];

/** Visits that did not come about say nothing of who treats whom. */
const undone = 'cancelled,entered-in-error';

/**
 * A Patient reaches themself. A RelatedPerson reaches their patient while they are active and within their period. A
 * Practitioner who is active reaches whom they are general practitioner of, or are in an active care team of, or meet in an
 * Encounter or an Appointment; by their active roles as well.
 */
export function createReach(context: FhirContext): Reach {
  return async (tenant, fhirUser) => {
    const [, type, id] = user.exec(fhirUser ?? '') ?? [];
    if (!type || !id) return [];
    if (type === 'Patient') return [id];
    const grant = systemGrant(tenant, types);
    const found = await context.store.read(grant, type, id);
    if (!found.ok || !isActive(JSON.parse(found.value.content) as Role, context.now())) return [];
    if (type === 'RelatedPerson') return found.value.patient === null ? [] : [found.value.patient];
    return panelOf(context, grant, `Practitioner/${id}`);
  };
}

async function panelOf(context: FhirContext, grant: Grant, practitioner: string): Promise<string[]> {
  const now = context.now();
  const roles = await rowsOf(context, grant, 'r.id, r.content', 'PractitionerRole', { practitioner });
  const active = roles.filter(([, content]) => isActive(JSON.parse(content ?? '{}') as Role, now));
  // A criterion has no more values than that.
  const counted = active.slice(0, limits.orValues - 1).map(([id]) => `PractitionerRole/${id}`);
  const own = new Set([practitioner, ...counted]);
  const any = [...own].join(',');
  const [patients, teams, encounters, appointments] = await Promise.all([
    rowsOf(context, grant, 'r.id', 'Patient', { 'general-practitioner': any }),
    rowsOf(context, grant, 'r.patient, r.content', 'CareTeam', { participant: any, status: 'active' }),
    rowsOf(context, grant, 'distinct r.patient', 'Encounter', { participant: any, 'status:not': undone }),
    rowsOf(context, grant, 'distinct unnest(array_append(r.patients, r.patient))', 'Appointment', {
      actor: any,
      'status:not': undone,
    }),
  ]);
  const inTeams = teams.filter(([, content]) => {
    const { period, participant = [] } = JSON.parse(content ?? '{}') as Team;
    const present = participant.some((one) => own.has(one.member?.reference ?? '') && isCurrent(one.period, now));
    return present && isCurrent(period, now);
  });
  const ids = [...patients, ...inTeams, ...encounters, ...appointments].flatMap(([id]) => id ?? []);
  return [...new Set(ids)].sort();
}

/** Some text columns of all rows of a type that the criteria select. */
export async function rowsOf(
  context: FhirContext,
  grant: Grant,
  columns: string,
  type: string,
  criteria: Record<string, string>,
): Promise<(string | null)[][]> {
  const { database, definitions } = context;
  const asking = { grant, on: database.planned, definitions, type, base: '', now: context.now() };
  const conditions: Condition[] = [];
  for (const [name, value] of Object.entries(criteria)) {
    const criterion = parseCriterion(name, value);
    const condition = criterion.ok ? await conditionOf(asking, criterion.value) : criterion;
    if (!condition.ok) throw new Error(condition.issues[0]?.diagnostics);
    conditions.push(condition.value);
  }
  const scan = Scan.of(grant, type, 's');
  if (!scan) throw new Error(`the reach of a user needs ${type}`);
  const statement = new Statement(grant.tenant);
  const text = `select ${columns} ${scan.from(statement, 'r', conditions)}`;
  // The columns that are asked for are texts.
  return (await database.planned.query(text, statement.params)) as (string | null)[][];
}
