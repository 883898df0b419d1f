import type { Row } from '../../db/database.ts';
import type { FhirContext } from '../../fhir/context.ts';
import type { Condition } from '../../fhir/search/condition.ts';
import { conditionOf } from '../../fhir/search/criteria.ts';
import { parseCriterion } from '../../fhir/search/parse.ts';
import { Scan } from '../../fhir/search/scan.ts';
import { Statement } from '../../fhir/search/statement.ts';
import { systemGrant } from '../../fhir/store/system.ts';

/** Which rows of a type: all that meet the criteria, and that are among the ids where there are any. */
export type Asked = {
  tenant: number;
  type: string;
  /** As a query writes them: `{ 'policy-holder': 'Organization/1' }`. */
  criteria?: Record<string, string>;
  ids?: readonly string[];
  /** Whose Patient column is one of these. */
  patients?: readonly string[];
  /** What else must hold of them. */
  conditions?: readonly Condition[];
};

/**
 * Columns of rows that the server reads on its own account, to say of many what is said of none of them, or to know who has to
 * do with whom. What is shown of a row to anybody is noted by who shows it.
 *
 * @param columns SQL of our own, of the row `r`
 */
export async function rowsOf(
  context: FhirContext,
  { tenant, type, criteria = {}, ids, patients, conditions: more = [] }: Asked,
  columns: string,
): Promise<Row[]> {
  const { database, definitions } = context;
  const grant = systemGrant(tenant, [type]);
  const asking = { grant, on: database.planned, definitions, type, base: '', now: context.now() };
  const conditions: Condition[] = [...more];
  if (ids) conditions.push({ kind: 'ids', any: ids });
  if (patients) conditions.push({ kind: 'patient', any: patients });
  for (const [name, value] of Object.entries(criteria)) {
    const criterion = parseCriterion(name, value);
    const condition = criterion.ok ? await conditionOf(asking, criterion.value) : criterion;
    if (!condition.ok) throw new Error(condition.issues[0]?.diagnostics);
    conditions.push(condition.value);
  }
  const scan = Scan.of(grant, type, 's');
  if (!scan) throw new Error(`the server may not search ${type}`);
  const statement = new Statement(tenant);
  return database.planned.query(`select ${columns} ${scan.from(statement, 'r', conditions)}`, statement.params);
}

/** The resources themselves, by what was checked when they were stored. */
export async function resourcesOf<T>(context: FhirContext, asked: Asked): Promise<T[]> {
  const rows = await rowsOf(context, asked, 'r.content');
  return rows.map(([content]) => JSON.parse(String(content)) as T);
}
