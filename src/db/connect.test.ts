import { createServer, connect as netConnect, type Server } from 'node:net';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';

import { createDatabase, type TestDatabase } from '../../test/support/postgres.ts';
import { connect } from './connect.ts';
import { type Database, DatabaseError, type DatabaseFault } from './database.ts';
import { sleep } from './processes.ts';

let own: TestDatabase;
let database: Database;

beforeAll(async () => {
  own = await createDatabase(inject('postgres'));
  database = await connect(own.target);
  await database.query('create table written (n int primary key, text text)');
});

afterAll(async () => {
  await database.close();
  await own.drop();
});

const faultOf = async (work: Promise<unknown>): Promise<DatabaseFault | 'none'> =>
  work.then(
    () => 'none' as const,
    (error) => (error instanceof DatabaseError ? error.fault : Promise.reject(error)),
  );

test.each<[string, string, unknown]>([
  ['an int as a number', 'select 42::int', 42],
  ['a float8 as a number', 'select 1.5::float8', 1.5],
  ['a bigint as text', 'select 9007199254740993::bigint', '9007199254740993'],
  ['a numeric as text', 'select 1.00::numeric', '1.00'],
  ['a boolean', 'select true', true],
  ['null', 'select null::text', null],
  ['an instant as a Date', `select '2024-02-29 10:30:00.123456+00'::timestamptz`, new Date('2024-02-29T10:30:00.123Z')],
  [
    'an instant of another zone',
    `select '2024-02-29 10:30:00.9-05'::timestamptz`,
    new Date('2024-02-29T15:30:00.900Z'),
  ],
  ['the first year', `select '0001-01-01 00:00:00+00'::timestamptz`, new Date('0001-01-01T00:00:00Z')],
  ['infinity as the last Date', `select 'infinity'::timestamptz`, new Date(8.64e15)],
  ['json as the text that was stored', `select '{"a": 1.00}'::json`, '{"a": 1.00}'],
  ['an array of texts', `select array['a,b', null, 'NULL', '"\\', '']`, ['a,b', null, 'NULL', '"\\', '']],
  ['an array of ints', 'select array[1, null, -2]', [1, null, -2]],
  ['an array of bigints as texts', 'select array[9007199254740993]', ['9007199254740993']],
])('a row holds %s', async (_, text, value) => {
  expect(await database.query(text)).toEqual([[value]]);
});

test('what is bound comes back as it was, arrays as one parameter', async () => {
  const texts = ['plain', 'with "quotes"', 'back\\slash', 'a,b{c}', '', null, 'NULL', ' edge '];
  const instant = new Date('2024-02-29T10:30:00.123Z');
  const [row] = await database.query(
    'select $1::text[], $2::int[], $3::timestamptz, $4::boolean, $5::float8, $6::bigint, $7::text',
    [texts, [1, null, 3], instant, false, 0.1, 9007199254740991, null],
  );
  expect(row).toEqual([texts, [1, null, 3], instant, false, 0.1, '9007199254740991', null]);
});

test('500 rows go in by one statement', async () => {
  const numbers = Array.from({ length: 500 }, (_, n) => 10_000 + n);
  const texts = numbers.map((n) => JSON.stringify({ n, text: 'x'.repeat(1000) }));
  await database.query(`insert into written select * from unnest($1::int[], string_to_array($2::text, chr(30)))`, [
    numbers,
    texts.join('\x1e'),
  ]);
  expect(await database.query('select text from written where n = $1', [10_499])).toEqual([[texts[499]]]);
});

test.each<[string, string, DatabaseFault]>([
  ['a statement that is wrong', 'select nothing_of_this_name', 'fault'],
  ['a row that is there already', 'insert into written values (10000)', 'fault'],
  [
    'a backend that is out of space',
    `do $$ begin raise exception using errcode = '53100', message = 'x'; end $$`,
    'full',
  ],
])('%s is thrown as a DatabaseError, and the next statement goes through', async (_, text, fault) => {
  expect(await faultOf(database.query(text))).toBe(fault);
  expect(await database.query('select 1')).toEqual([[1]]);
});

test('a statement past its deadline is cancelled', async () => {
  const hasty = await connect(own.target, { lines: 2, deadline: 200 });
  const begun = performance.now();
  expect(await faultOf(hasty.query('select pg_sleep(5)'))).toBe('timeout');
  expect(performance.now() - begun).toBeLessThan(1500);
  expect(await hasty.query('select 1')).toEqual([[1]]);
  await hasty.close();
});

test('a backend that answers nothing at all is given up, and another takes its place', async () => {
  const hasty = await connect(own.target, { lines: 2, deadline: 300 });
  const [row] = await hasty.query('select pg_backend_pid()');
  const pid = Number(row?.[0]);
  process.kill(pid, 'SIGSTOP');
  try {
    const faults = await Promise.all(
      Array.from({ length: 20 }, () => faultOf(hasty.query('insert into written values (-1) on conflict do nothing'))),
    );
    expect(faults).toContain('none');
    expect(faults).toContain('unknown');
    expect(await hasty.query('select 1')).toEqual([[1]]);
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  await hasty.close();
});

test('transactions that deadlock are run again until both are done', async () => {
  await database.query('insert into written values (1), (2)');
  const both = (first: number, second: number) =>
    database.transaction(async (tx) => {
      await tx.query(`update written set text = 'a' where n = $1`, [first]);
      await sleep(50);
      await tx.query(`update written set text = 'b' where n = $1`, [second]);
    });
  await Promise.all([both(1, 2), both(2, 1)]);
});

test('a transaction that throws leaves nothing, and its error goes up', async () => {
  const work = database.transaction(async (tx) => {
    await tx.query('insert into written values (50)');
    throw new Error('changed my mind');
  });
  await expect(work).rejects.toThrow('changed my mind');
  expect(await database.query('select * from written where n = 50')).toEqual([]);
});

test('a transaction whose failed statement was overlooked is no success', async () => {
  const work = database.transaction(async (tx) => {
    await tx.query('insert into written values (51)');
    await tx.query('select 1 / 0').catch(() => {});
  });
  expect(await faultOf(work)).toBe('fault');
  expect(await database.query('select * from written where n = 51')).toEqual([]);
});

test('a transaction that lost its connection before the commit is run again', async () => {
  let runs = 0;
  await database.transaction(async (tx) => {
    await tx.query('insert into written values (60)');
    const [row] = await tx.query('select pg_backend_pid()');
    if (runs++ === 0) await database.query('select pg_terminate_backend($1)', [Number(row?.[0])]);
    await tx.query('select 1');
  });
  expect(runs).toBe(2);
  expect(await database.query('select n from written where n = 60')).toEqual([[60]]);
});

test('transactions leave a connection to statements outside them, and all get their turn', async () => {
  const many = Array.from({ length: 12 }, () =>
    database.transaction(async (tx) => {
      await tx.query('select 1');
      await database.query('select 2');
    }),
  );
  await Promise.all(many);
});

test('200 backends killed under load: no acknowledged write is gone, nothing stays pending, the process lives', async () => {
  const killer = await connect(own.target, { lines: 2 });
  await database.query('truncate written');
  const acknowledged: number[] = [];
  const doubtful = new Set<number>();
  const wrong: unknown[] = [];
  let next = 0;
  let on = true;
  const users = Array.from({ length: 48 }, async (_, user) => {
    while (on) {
      const n = next++;
      const text = 'x'.repeat(n % 3000);
      try {
        if (user < 24) await database.query('insert into written values ($1, $2)', [n, text]);
        else if (user < 36)
          await database.transaction((tx) => tx.query('insert into written values ($1, $2)', [n, text]));
        else await database.query('select count(*) from written where n < 100');
        if (user < 36) acknowledged.push(n);
      } catch (error) {
        if (error instanceof DatabaseError && error.fault === 'unknown' && user < 36) doubtful.add(n);
        else wrong.push(error);
      }
    }
  });
  let kills = 0;
  while (kills < 200) {
    await sleep(10);
    const rows = await killer.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and query like '%written%' and pid <> pg_backend_pid() order by random() limit 1`,
    );
    kills += rows.length;
  }
  on = false;
  await Promise.all(users);
  const there = new Set((await database.query('select n from written')).map(([n]) => n));
  expect(wrong).toEqual([]);
  expect(acknowledged.length).toBeGreaterThan(1000);
  expect(acknowledged.filter((n) => !there.has(n))).toEqual([]);
  const known = new Set(acknowledged);
  expect([...there].filter((n) => !known.has(Number(n)) && !doubtful.has(Number(n)))).toEqual([]);
  await killer.close();
});

/** Stands in front of Postgres and can be closed, as a network can. */
function gate(socket: string): { server: Server; cut(): void } {
  const open = new Set<{ destroy(): void }>();
  const server = createServer((client) => {
    const behind = netConnect(socket);
    for (const one of [client, behind]) {
      open.add(one);
      one.on('close', () => open.delete(one)).on('error', () => {});
    }
    client.pipe(behind).pipe(client);
  });
  return {
    server,
    cut() {
      server.close();
      for (const one of open) one.destroy();
    },
  };
}

test('while Postgres cannot be reached statements fail as unavailable within patience, and go through once it is back', async () => {
  const socket = own.target.socket ?? '';
  const first = gate(socket);
  await new Promise<void>((resolve) => first.server.listen(0, '127.0.0.1', resolve));
  const address = first.server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const target = { ...own.target, socket: null, host: '127.0.0.1', port };
  const far = await connect(target, { lines: 2, patience: 400 });
  expect(await far.query('select 1')).toEqual([[1]]);
  first.cut();
  await sleep(50);
  const begun = performance.now();
  expect(await faultOf(far.query('select 1'))).toBe('unavailable');
  expect(await faultOf(far.transaction((tx) => tx.query('select 1')))).toBe('unavailable');
  expect(performance.now() - begun).toBeLessThan(2500);

  const second = gate(socket);
  await new Promise<void>((resolve) => second.server.listen(port, '127.0.0.1', resolve));
  for (const until = performance.now() + 5000; (await faultOf(far.query('select 1'))) !== 'none'; await sleep(50)) {
    expect(performance.now()).toBeLessThan(until);
  }
  await far.close();
  second.cut();
});

test('after close nothing is left of its connections, of those that were being opened either', async () => {
  const brief = await connect(own.target, { lines: 8 });
  const connections = `select count(*)::int from pg_stat_activity where datname = current_database()`;
  await brief.close();
  expect(await faultOf(brief.query('select 1'))).toBe('unavailable');
  await sleep(300);
  const [row] = await database.query(connections);
  // Those of `database` itself: four, four by key and four planned.
  expect(row?.[0]).toBeLessThanOrEqual(12);
});
