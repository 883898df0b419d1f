import type { Param } from '../../db/database.ts';

/**
 * A statement as it is written. `$1` is always the tenant. What comes from a caller is bound, so that texts repeat and
 * are prepared once; only numbers of our own and names of tables and columns become text.
 */
export class Statement {
  text = '';
  readonly params: Param[];
  readonly tenant = '$1';
  #shared = new Map<object, string>();
  #aliases = 0;

  constructor(tenant: number) {
    this.params = [tenant];
  }

  bind(value: Param, cast: string): string {
    this.params.push(value);
    return `$${this.params.length}::${cast}`;
  }

  /** Binds a list once, however often it is written. */
  share(values: readonly (string | number)[], cast: string): string {
    let placeholder = this.#shared.get(values);
    if (placeholder === undefined) {
      placeholder = this.bind(values, cast);
      this.#shared.set(values, placeholder);
    }
    return placeholder;
  }

  /** A name for one more use of a table. */
  alias(prefix: string): string {
    return `${prefix}${this.#aliases++}`;
  }
}

/** Where a condition is written: it may use the columns of `row`, a row of `resource` of this type. */
export type Place = { statement: Statement; row: string; type: string };
