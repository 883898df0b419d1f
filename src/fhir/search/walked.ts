import { type Arm, alternatives, columnsOf, fenced, firstHits, hits, inPhase, keysOf } from './arms.ts';
import { type Condition, write } from './condition.ts';
import { afterInPhase } from './page.ts';
import type { Place } from './statement.ts';

/** Rows of the newest that are looked at first: what fills no page there, but is there, is looked for in more of them. */
const lookLength = 500;
const walkLength = 2000;

/** Rows that are sorted sooner than the newest are looked through, where an index can count so far. */
const fewRows = 500;

/** The newest rows are looked through, and only if they do not fill the page all matches are found. */
export function walked(arm: Arm): string {
  const { scan, conditions, order, statement, ask, limit, tier } = arm;
  const place: Place = { statement, row: 'r', type: scan.type };
  const [key] = order;
  if (!key) return fenced(arm);
  const column = key.write(place);
  // Rows without a value come last: a page that the others fill needs none of them.
  const valued = key.nullable ? ` and ${column} is not null` : '';
  const after = ask.after ? afterInPhase(key, ask.after, 'value', place) : '';
  const among = (name: string, length: number, gate: string): string => {
    const newest =
      `select r.*${keysOf(order, place)} ${scan.from(statement, 'r', [], tier)}${valued}${after}` +
      ` order by ${inPhase(key, column, 'r.id')} limit ${length}`;
    const matches = write({ kind: 'all', of: conditions }, { ...place, row: 'w' });
    return (
      `${name} as materialized (select ${columnsOf('w', ask.withKeys)}, w.s0 from (${newest}) w where ${gate}${matches}` +
      ` order by ${inPhase(key, 'w.s0', 'w.id')} limit ${limit})`
    );
  };
  const count = (name: string): string => `(select count(*) from ${name})`;
  const counted = countOf(arm);
  const many = counted === null ? '' : `(select n from counted) > ${fewRows} and `;
  const look = among('look', lookLength, many);
  const promising = `${count('look')} > 0 and ${count('look')} < ${limit}`;
  const walk = among('walk', walkLength, `${promising} and `);
  const [seen, filled] = [`${count('look')} >= ${limit}`, `${count('walk')} >= ${limit}`];
  return (
    `(with ${counted === null ? '' : `${counted}, `}${look}, ${walk}, ${hits(arm)} select * from look where ${seen}` +
    ` union all select * from walk where ${filled}` +
    ` union all ${firstHits(arm, ` and not ${seen} and not ${filled}`)})`
  );
}

/** How many rows there may be, where each alternative has an index that counts them without reading a resource. */
function countOf({ scan, conditions, statement, tier }: Arm): string | null {
  const place: Place = { statement, row: 'r', type: scan.type };
  const selects: string[] = [];
  const some = alternatives(conditions).map((each) => each.find(isCountable));
  if (some.includes(undefined)) return null;
  for (const one of some) {
    if (one?.kind !== 'written') return null;
    selects.push(one.rows ? one.rows(place) : `select 1 ${scan.from(statement, 'r', [one], tier)}`);
  }
  return `counted as materialized (select count(*) as n from (${selects.join(' union all ')} limit ${fewRows + 1}) c)`;
}

const isCountable = (one: Condition): boolean =>
  one.kind === 'written' && (one.rows !== undefined || one.column === 'quantity');
