import { DatabaseError, type Queryable, type Row } from '../../db/database.ts';
import { paramText } from '../../db/values.ts';
import type { Statement } from './statement.ts';

type Asked = { statement: Statement; resolve: (rows: Row[]) => void; reject: (error: unknown) => void };

/** Statements of one text and one tenant, on one database. */
type Queue = { waiting: Asked[]; inFlight: number; scheduled: boolean };

const queues = new WeakMap<Queryable, Map<string, Queue>>();

/** Statements in flight of one text. */
const width = 2;
/** Searches in one statement: few enough that none waits long for the others. */
const most = 16;
/** Between the values of one parameter, which are a text each. */
const separator = '\x1e';

/**
 * Runs a statement, together with others of the same text that come while the database is busy: they become one, whose rows
 * tell which of them they answer. Twelve rows cost Postgres more to begin with than to find.
 *
 * Only for statements that are known to read few rows, for the slowest holds back the others. Each of them has its own gate
 * in its own parameters, and its rows are held against its own grant once more when they are released.
 */
export function queryTogether(on: Queryable, statement: Statement): Promise<Row[]> {
  const name = `${statement.params[0]} ${statement.text}`;
  const named = queues.get(on) ?? new Map<string, Queue>();
  queues.set(on, named);
  const queue = named.get(name) ?? { waiting: [], inFlight: 0, scheduled: false };
  named.set(name, queue);
  return new Promise((resolve, reject) => {
    queue.waiting.push({ statement, resolve, reject });
    if (queue.scheduled || queue.inFlight >= width) return;
    queue.scheduled = true;
    setImmediate(() => {
      queue.scheduled = false;
      flush(on, named, name, queue);
    });
  });
}

function flush(on: Queryable, named: Map<string, Queue>, name: string, queue: Queue): void {
  while (queue.inFlight < width && queue.waiting.length > 0) {
    const batch = queue.waiting.splice(0, most);
    queue.inFlight++;
    settle(on, batch).then(() => {
      queue.inFlight--;
      flush(on, named, name, queue);
    });
  }
  if (queue.inFlight === 0 && !queue.scheduled) named.delete(name);
}

const alone = (on: Queryable, { statement, resolve, reject }: Asked): Promise<void> =>
  on.query(statement.text, statement.params).then(resolve, reject);

async function settle(on: Queryable, batch: readonly Asked[]): Promise<void> {
  const [first] = batch;
  const columns = first ? columnsOf(batch) : null;
  if (batch.length < 2 || !first || columns === null) {
    await Promise.all(batch.map((one) => alone(on, one)));
    return;
  }
  try {
    const rows = await on.query(laterally(first.statement), [first.statement.params[0] ?? null, ...columns]);
    const answers: Row[][] = batch.map(() => []);
    for (const row of rows) answers[(row.pop() as number) - 1]?.push(row);
    for (const [at, one] of batch.entries()) one.resolve(answers[at] ?? []);
  } catch (error) {
    // One of them may have a value that Postgres does not take.
    if (error instanceof DatabaseError && error.fault === 'fault') {
      await Promise.all(batch.map((one) => alone(on, one)));
      return;
    }
    for (const one of batch) one.reject(error);
  }
}

/** The parameters behind the tenant, each with its values of all statements; null where a value cannot stand in a list. */
function columnsOf(batch: readonly Asked[]): string[] | null {
  const count = batch[0]?.statement.params.length ?? 0;
  const columns: string[] = [];
  for (let at = 1; at < count; at++) {
    let column = '';
    for (const [place, { statement }] of batch.entries()) {
      const text = paramText(statement.params[at] ?? null);
      if (text === null || text.includes(separator)) return null;
      column += place === 0 ? text : `${separator}${text}`;
    }
    columns.push(column);
  }
  return columns;
}

const texts = new Map<string, string>();

/**
 * The statement once for each row of its parameters. What depends on a row of `asked` can only be run row by row, so that
 * its own order is kept.
 */
function laterally({ text, params }: Statement): string {
  const known = texts.get(text);
  if (known !== undefined) return known;
  const lists = params.slice(1).map((_, at) => `string_to_array($${at + 2}, chr(30))`);
  const names = lists.map((_, at) => `p${at + 2}`);
  const once = text.replace(/\$(\d+)/g, (placeholder, number) => (number === '1' ? placeholder : `asked.p${number}`));
  const made =
    `select u.*, asked.n::int from unnest(${lists.join(', ')}) with ordinality asked(${names.join(', ')}, n)` +
    ` cross join lateral (${once}) u`;
  // Texts are few; should they ever not be, this must not grow.
  if (texts.size > 1000) texts.clear();
  texts.set(text, made);
  return made;
}
