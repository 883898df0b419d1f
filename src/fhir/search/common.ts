import type { Result } from '../outcome.ts';
import { forbidden, invalid, notSupported, ok } from '../outcome.ts';
import { anyOf, type Condition, not, written } from './condition.ts';
import { unescaped } from './escape.ts';
import { key } from './hash.ts';
import type { Lookup } from './modifiers/modifier.ts';
import { Scan } from './scan.ts';
import { Statement } from './statement.ts';
import { bindInstant, type SearchDate, wantedDate } from './types/date.ts';
import { likePattern } from './types/string.ts';

/** A parameter of every type that is answered by something else than stored values of its own. */
type Common = (
  asked: { name: string; modifier: string | null; values: readonly string[]; now: number },
  lookup: Lookup,
) => Result<Condition> | Promise<Result<Condition>>;

const idPattern = /^[A-Za-z0-9\-.]{1,64}$/;

const id: Common = ({ name, modifier, values }) => {
  const ids = values.map((value) => value.replace(/^[A-Z]\w*\//, ''));
  const wrong = ids.find((one) => !idPattern.test(one));
  if (wrong !== undefined) return invalid(`${name} is a list of ids, not ${JSON.stringify(wrong)}`);
  const condition: Condition = { kind: 'ids', any: ids };
  return denied(name, modifier, condition);
};

function denied(name: string, modifier: string | null, condition: Condition): Result<Condition> {
  if (modifier === null || modifier === 'filter-is') return ok(condition);
  if (modifier === 'not') return ok(not(condition));
  return notSupported(`${name}: the modifier :${modifier} does not go with it`);
}

/** An instant counts as the millisecond that it is stored with. */
function updated({ prefix, from, to }: SearchDate): Condition {
  return {
    kind: 'written',
    column: 'updated',
    write({ statement, row }) {
      const column = `${row}.last_updated`;
      const start = () => bindInstant(statement, from);
      const end = () => bindInstant(statement, to);
      switch (prefix) {
        case 'eq':
        case 'ap':
          return `${column} >= ${start()} and ${column} < ${end()}`;
        case 'ne':
          return `(${column} < ${start()} or ${column} >= ${end()})`;
        case 'gt':
        case 'sa':
          return `${column} >= ${end()}`;
        case 'lt':
        case 'eb':
          return `${column} < ${start()}`;
        case 'ge':
          return `${column} >= ${start()}`;
        case 'le':
          return `${column} < ${end()}`;
      }
    },
  };
}

const lastUpdated: Common = ({ name, modifier, values, now }) => {
  const conditions: Condition[] = [];
  for (const value of values) {
    const wanted = wantedDate(name, value, now);
    if (!wanted.ok) return wanted;
    conditions.push(updated(wanted.value));
  }
  return denied(name, modifier, anyOf(conditions));
};

/** The words of a text search, all of which must be there; a quoted part is one. */
function words(value: string): string[] {
  const found = unescaped(value).match(/"[^"]+"|\S+/g) ?? [];
  return found.map((word) => word.replaceAll('"', '')).filter((word) => word !== '');
}

const searched =
  (column: (row: string) => string): Common =>
  ({ name, modifier, values }, { on }) => {
    if (on.seal) return notSupported(`${name}: records are kept sealed here, so that their texts are not searched`);
    return denied(
      name,
      modifier,
      anyOf(
        values.map((value): Condition => {
          const wanted = words(value);
          return written(({ statement, row }) => {
            const each = wanted.map((word) => `${column(row)} ilike ${statement.bind(likePattern(word), 'text')}`);
            return each.length === 0 ? 'false' : `(${each.join(' and ')})`;
          });
        }),
      ),
    );
  };

/** The narrative without its markup. */
const narrative = (row: string): string =>
  `regexp_replace(${row}.content::jsonb #>> '{text,div}', '<[^>]*>', ' ', 'g')`;

/** A Binary without the address of its bytes, which nobody may find out by guessing. */
const withoutBlob = (row: string): string => `regexp_replace(${row}.content, '"data":"[^"]*"', '')`;

const entryReference = /"reference"\s*:\s*"([A-Z]\w*)\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/[^"]*)?"/g;

/** What is an entry of a List that the caller may read; of a List that is hidden or absent, nothing. */
const list =
  (type: string): Common =>
  async ({ name, modifier, values }, { grant, on }) => {
    const scan = Scan.of(grant, 'List', 'r', 's');
    const statement = new Statement(grant.tenant);
    const ids = values.map((value) => value.replace(/^List\//, ''));
    if (ids.some((one) => !idPattern.test(one))) return invalid(`${name} is the id of a List`);
    if (!scan) return forbidden(`${name} needs to read List, which is not granted`);
    const rows = await on.query(
      `select l.content, l.keys ${scan.from(statement, 'l', [{ kind: 'ids', any: ids }])}`,
      statement.params,
    );
    const entries: string[] = [];
    for (const [content, held] of rows as [string, string[]][]) {
      const known = new Set(held.map(Number));
      for (const [, target = '', entry = ''] of content.matchAll(entryReference)) {
        const isEntry = known.has(key(grant.tenant, 'List', 'item', 'r', `${target}/${entry}`));
        if (target === type && isEntry) entries.push(entry);
      }
    }
    return denied(name, modifier, { kind: 'ids', any: entries });
  };

const common = new Map<string, (type: string) => Common>([
  ['_id', () => id],
  ['_lastUpdated', () => lastUpdated],
  ['_text', () => searched(narrative)],
  ['_content', (type) => searched(type === 'Binary' ? withoutBlob : (row) => `${row}.content`)],
  ['_list', list],
]);

/** The common parameter of this code for one type, or undefined. https://hl7.org/fhir/R4/search.html#all */
export const commonParameter = (type: string, code: string): Common | undefined => common.get(code)?.(type);

export const isCommon = (code: string): boolean => common.has(code);
