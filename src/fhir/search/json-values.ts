import type { ElementPath } from './paths.ts';
import type { Statement } from './statement.ts';

/** A path of Postgres's SQL/JSON to every value at an element; `$.meta.profile[*]` serves one value and many. */
const jsonPath = ({ keys }: ElementPath): string => `$.${keys.map((key) => `"${key}"[*]`).join('.')}`;

/** A set of texts, for `exists (select from …)`: the values at the paths, as `value.text`. */
export function jsonValues(statement: Statement, row: string, paths: readonly ElementPath[], inside = ''): string {
  const v = statement.alias('v');
  const each = paths.map((path) => {
    const bound = statement.bind(`${jsonPath(path)}${inside}`, 'jsonpath');
    return `select ${v} #>> '{}' as text from jsonb_path_query(${row}.content::jsonb, ${bound}) ${v}`;
  });
  return `(${each.join(' union all ')})`;
}
