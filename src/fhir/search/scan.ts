import type { Grant, Interaction, TypeGrant } from '../access.ts';
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
  readonly #rule: TypeGrant;

  private constructor(grant: Grant, type: string, rule: TypeGrant) {
    this.grant = grant;
    this.type = type;
    this.#rule = rule;
  }

  /** @returns null where the grant does not allow one of the interactions with the type: there is nothing to scan. */
  static of(grant: Grant, type: string, ...interactions: readonly Interaction[]): Scan | null {
    const rule = grant.types.get(type);
    return rule && interactions.some((one) => rule.interactions.has(one)) ? new Scan(grant, type, rule) : null;
  }

  /** Whether the grant covers some patients' rows only. */
  get narrowed(): boolean {
    return this.#rule.patients !== 'all';
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
      const { patients } = scan.#rule;
      const name = patients === 'all' ? 'all' : `of ${patients.join()}`;
      const group = groups.get(name) ?? { first: scan, types: [] };
      group.types.push(typeNumber(scan.type));
      groups.set(name, group);
    }
    return [...groups.values()].map(
      ({ first, types }) =>
        `from resource ${row} where ${first.#gateOf(statement, row, `= any(${statement.bind(types, 'smallint[]')})`)}`,
    );
  }

  /** What the grant demands of a row: the same rule as `admits` of access.ts. */
  gate(statement: Statement, row: string): string {
    // The number of a type is our own, and as text it lets the planner leave out the other partitions.
    return this.#gateOf(statement, row, `= ${typeNumber(this.type)}`);
  }

  #gateOf(statement: Statement, row: string, type: string): string {
    let text = `${row}.tenant = ${statement.tenant} and ${row}.type ${type}`;
    const { patients } = this.#rule;
    if (patients !== 'all') {
      const list = statement.share(patients, 'text[]');
      text += ` and (${row}.patient = any(${list}) or ${row}.patients && ${list})`;
    }
    const labels = this.grant.forbiddenLabels;
    if (labels !== 0) text += ` and ${row}.labels & ${statement.bind(labels, 'bigint')} = 0`;
    return text;
  }
}
