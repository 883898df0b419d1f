import { type Denial, type Grant, type Interaction, isEveryRow, type Rows, type Rule, readsText } from '../access.ts';
import { type Relation, relationOf, typeNumber } from '../resources.ts';
import type { Condition } from './condition.ts';
import { writeAll } from './condition.ts';
import type { Statement } from './statement.ts';

/**
 * The rows of one type that one grant covers: the only maker of SQL that reads resources in a search. Every hop of a
 * search (chain, `_has`, include, count, conditional match) is a Scan of its own.
 */
export class Scan {
  readonly grant: Grant;
  readonly type: string;
  /** Any of them; none: every row. */
  readonly #rules: readonly Rule[];
  readonly #denials: readonly Denial[];

  private constructor(grant: Grant, type: string, rules: readonly Rule[]) {
    this.grant = grant;
    this.type = type;
    this.#rules = rules.some(isEveryRow) ? [] : rules;
    this.#denials = grant.denials.get(type) ?? none;
  }

  /** @returns null where the grant does not allow one of the interactions with the type: there is nothing to scan. */
  static of(grant: Grant, type: string, ...interactions: readonly Interaction[]): Scan | null {
    const all = grant.types.get(type) ?? [];
    const rules = all.filter((rule) => interactions.some((one) => rule.interactions.has(one)));
    return rules.length > 0 ? new Scan(grant, type, rules) : null;
  }

  /**
   * The same, of rows that show what these search parameters look at: what is hidden of a row can not be found out by
   * searching for it. Null where no row shows it.
   */
  seeing(codes: readonly string[]): Scan | null {
    if (this.#rules.every(({ projection }) => projection === null)) return this;
    const rules = this.#rules.filter(({ projection }) =>
      codes.every((code) => projection?.parameters.has(code) ?? true),
    );
    return rules.length > 0 ? new Scan(this.grant, this.type, rules) : null;
  }

  /** Whether the grant covers some rows only. */
  get narrowed(): boolean {
    return this.#rules.length > 0 || this.#denials.length > 0;
  }

  /** Whether what a row says decides if it is covered, so that its columns only make it a candidate. */
  get judges(): boolean {
    return this.#rules.some(readsText) || this.#denials.some((one) => readsText(one) || one.except.some(readsText));
  }

  /** Whether what no key tells decides if a row is covered, so that rows cannot be counted without reading them. */
  get readsToCount(): boolean {
    const reads = ({ where }: Rows): boolean => where?.byText ?? false;
    return this.#rules.some(reads) || this.#denials.some((one) => reads(one) || one.except.some(reads));
  }

  /** Whether every row of the other is one of its own; where that takes more than a look, no. */
  covers(other: Scan): boolean {
    if (this.#rules.length === 0) return true;
    return other.#rules.length > 0 && other.#rules.every((rule) => this.#rules.includes(rule));
  }

  /**
   * `from resource r where …`: the gate, then what is asked of the rows.
   *
   * @param relation one of the type's tiers, where not all of its rows are meant
   */
  from(statement: Statement, row: string, conditions: readonly Condition[], relation = relationOf(this.type)): string {
    const place = { statement, row, type: this.type };
    return `from ${relation} ${row} where ${this.gate(statement, row)}${writeAll(conditions, place)}`;
  }

  /** The patients in whose records every row is that the grant covers; null: it does not say. */
  get patients(): readonly string[] | null {
    const [only] = this.#rules;
    return this.#rules.length === 1 && only && only.patients !== 'all' ? only.patients : null;
  }

  /**
   * `from resource r where …`, the gate alone, of several types: one text for all whose gates differ in the type only. To plan
   * an arm for each of 60 types takes longer than to run them.
   *
   * @param relation the one that is read of a type, where not all of its rows are meant
   */
  static fromEach(
    scans: readonly Scan[],
    statement: Statement,
    row: string,
    relation: (type: string) => Relation = relationOf,
  ): string[] {
    const groups = new Map<string, { first: Scan; types: number[] }>();
    for (const scan of scans) {
      const name = `${relation(scan.type)} ${scan.#rowsName}`;
      const group = groups.get(name) ?? { first: scan, types: [] };
      group.types.push(typeNumber(scan.type));
      groups.set(name, group);
    }
    return [...groups.values()].map(
      ({ first, types }) =>
        `from ${relation(first.type)} ${row} where ${first.#gateOf(statement, row, `= any(${statement.bind(types, 'smallint[]')})`)}`,
    );
  }

  /** The same for scans whose gates differ in the type only. Ids, keys and projections are those of a type. */
  get #rowsName(): string {
    const rules = this.#rules.map((rule) => rowsName(rule, this.type));
    const denials = this.#denials.map((one) => [
      rowsName(one, this.type),
      one.except.map((some) => rowsName(some, this.type)),
    ]);
    return JSON.stringify([rules, denials]);
  }

  /** What the grant demands of a row: the same rule as `admits` of access.ts. */
  gate(statement: Statement, row: string): string {
    // The number of a type is our own, and as text it lets the planner leave out the other partitions.
    return this.#gateOf(statement, row, `= ${typeNumber(this.type)}`);
  }

  /** As `gate`, of a version in the history, which has no dates: of when it is from its text tells. */
  gateOfVersion(statement: Statement, row: string): string {
    return this.#gateOf(statement, row, `= ${typeNumber(this.type)}`, false);
  }

  #gateOf(statement: Statement, row: string, type: string, dated = true): string {
    const at: At = { statement, row, dated };
    let text = `${row}.tenant = ${statement.tenant} and ${row}.type ${type}`;
    const [only] = this.#rules;
    if (this.#rules.length === 1 && only) text += ` and ${rowsText(only, at)}`;
    else if (only) text += ` and (${this.#rules.map((rule) => rowsText(rule, at)).join(' or ')})`;
    for (const denial of this.#denials) text += denialText(denial, at);
    const labels = this.grant.forbiddenLabels;
    if (labels !== 0) text += ` and ${row}.labels & ${statement.bind(labels, 'bigint')} = 0`;
    return text;
  }
}

const none: readonly Denial[] = [];

type At = { statement: Statement; row: string /** Whether the row has the columns of a date. */; dated: boolean };

const rowsName = ({ patients, records, ids, where, period, without, having }: Rows, type: string): string =>
  `${patients} ${records} ${without} ${having} ${period?.start} ${period?.end} ${ids || where ? `${type} ${ids} ${where?.text}` : ''}`;

function rowsText(rows: Rows, { statement, row, dated }: At): string {
  const { patients, records, ids, where, period, without, having } = rows;
  const parts: string[] = [];
  if (patients !== 'all') {
    const list = statement.share(patients, 'text[]');
    parts.push(`(${row}.patient = any(${list}) or ${row}.patients && ${list})`);
  }
  if (ids !== null) parts.push(`${row}.id = any(${statement.share(ids, 'text[]')})`);
  // Said so that no index is asked for keys that many rows have, where a patient or an id chooses few.
  const fewer = parts.length > 0;
  if (records !== 'any') parts.push(`${row}.patients is null`);
  if (records === 'none') parts.push(`${row}.patient is null`);
  for (const any of where?.keys ?? []) {
    const held = `${row}.keys && ${statement.share(any, 'bigint[]')}`;
    parts.push(fewer ? `(${held}) is true` : held);
  }
  if (period !== null && dated) {
    const [start, end] = [period.start, period.end].map((at) => statement.bind(new Date(at), 'timestamptz'));
    parts.push(
      `(coalesce(${row}.date_start, ${row}.last_updated) < ${end} and coalesce(${row}.date_end, ${row}.last_updated) > ${start})`,
    );
  }
  if (without !== 0) parts.push(`${row}.labels & ${statement.bind(without, 'bigint')} = 0`);
  if (having !== 0) parts.push(`${row}.labels & ${statement.bind(having, 'bigint')} <> 0`);
  if (parts.length === 0) return 'true';
  return parts.length === 1 ? `${parts[0]}` : `(${parts.join(' and ')})`;
}

/** What is unknown of a version in the history, or told by no key, is not denied here, but when it is released. */
function denialText(denial: Denial, at: At): string {
  const unsure = ({ period, where }: Rows): boolean => (period !== null && !at.dated) || where?.keys.length === 0;
  if (unsure(denial) || denial.except.some(unsure)) return '';
  const except = denial.except.map((rows) => ` and (${rowsText(rows, at)}) is not true`).join('');
  return ` and (${rowsText(denial, at)}${except}) is not true`;
}
