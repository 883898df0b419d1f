import { type Grant, type Interaction, isEveryRow, type Rule } from '../access.ts';
import { typeNumber } from '../resources.ts';
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

  private constructor(grant: Grant, type: string, rules: readonly Rule[]) {
    this.grant = grant;
    this.type = type;
    this.#rules = rules.some(isEveryRow) ? [] : rules;
  }

  /** @returns null where the grant does not allow one of the interactions with the type: there is nothing to scan. */
  static of(grant: Grant, type: string, ...interactions: readonly Interaction[]): Scan | null {
    const all = grant.types.get(type) ?? [];
    const rules = all.filter((rule) => interactions.some((one) => rule.interactions.has(one)));
    return rules.length > 0 ? new Scan(grant, type, rules) : null;
  }

  /** Whether the grant covers some rows only. */
  get narrowed(): boolean {
    return this.#rules.length > 0;
  }

  /** Whether what a row says decides if it is covered, so that its keys only make it a candidate. */
  get judges(): boolean {
    return this.#rules.some(({ where }) => where !== null);
  }

  /** Whether every row of the other is one of its own; where that takes more than a look, no. */
  covers(other: Scan): boolean {
    if (!this.narrowed) return true;
    return other.narrowed && other.#rules.every((rule) => this.#rules.includes(rule));
  }

  /** `from resource r where …`: the gate, then what is asked of the rows. */
  from(statement: Statement, row: string, conditions: readonly Condition[]): string {
    const place = { statement, row, type: this.type };
    return `from resource ${row} where ${this.gate(statement, row)}${writeAll(conditions, place)}`;
  }

  /**
   * `from resource r where …`, the gate alone, of several types: one text for all whose gates differ in the type only. To plan
   * an arm for each of 60 types takes longer than to run them.
   */
  static fromEach(scans: readonly Scan[], statement: Statement, row: string): string[] {
    const groups = new Map<string, { first: Scan; types: number[] }>();
    for (const scan of scans) {
      const name = scan.#rowsName;
      const group = groups.get(name) ?? { first: scan, types: [] };
      group.types.push(typeNumber(scan.type));
      groups.set(name, group);
    }
    return [...groups.values()].map(
      ({ first, types }) =>
        `from resource ${row} where ${first.#gateOf(statement, row, `= any(${statement.bind(types, 'smallint[]')})`)}`,
    );
  }

  /** The same for scans whose gates differ in the type only. Ids and keys are those of a type. */
  get #rowsName(): string {
    return this.#rules
      .map(({ patients, ids, where }) => `${patients} ${ids || where ? `${this.type} ${ids} ${where?.text}` : ''}`)
      .join(';');
  }

  /** What the grant demands of a row: the same rule as `admits` of access.ts. */
  gate(statement: Statement, row: string): string {
    // The number of a type is our own, and as text it lets the planner leave out the other partitions.
    return this.#gateOf(statement, row, `= ${typeNumber(this.type)}`);
  }

  #gateOf(statement: Statement, row: string, type: string): string {
    let text = `${row}.tenant = ${statement.tenant} and ${row}.type ${type}`;
    const [only] = this.#rules;
    if (this.#rules.length === 1 && only) text += ` and ${ruleText(only, statement, row)}`;
    else if (only) text += ` and (${this.#rules.map((rule) => ruleText(rule, statement, row)).join(' or ')})`;
    const labels = this.grant.forbiddenLabels;
    if (labels !== 0) text += ` and ${row}.labels & ${statement.bind(labels, 'bigint')} = 0`;
    return text;
  }
}

function ruleText({ patients, ids, where }: Rule, statement: Statement, row: string): string {
  const parts: string[] = [];
  if (patients !== 'all') {
    const list = statement.share(patients, 'text[]');
    parts.push(`(${row}.patient = any(${list}) or ${row}.patients && ${list})`);
  }
  if (ids !== null) parts.push(`${row}.id = any(${statement.share(ids, 'text[]')})`);
  // Said so that no index is asked for keys that many rows have, where a patient or an id chooses few.
  const fewer = parts.length > 0;
  for (const any of where?.keys ?? []) {
    const held = `${row}.keys && ${statement.share(any, 'bigint[]')}`;
    parts.push(fewer ? `(${held}) is true` : held);
  }
  return parts.length === 1 ? `${parts[0]}` : `(${parts.join(' and ')})`;
}
