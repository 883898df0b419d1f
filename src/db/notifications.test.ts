import { afterAll, beforeAll, expect, inject, test } from 'vitest';

import { createDatabase, type TestDatabase } from '../../test/support/postgres.ts';
import { connect } from './connect.ts';
import type { Database } from './database.ts';
import { openNotifications } from './notifications.ts';

let own: TestDatabase;
let database: Database;

beforeAll(async () => {
  own = await createDatabase(inject('postgres'));
  database = await connect(own.target);
});
afterAll(async () => {
  await database.close();
  await own.drop();
});

const until = async (holds: () => boolean): Promise<void> => {
  for (let i = 0; !holds(); i++) {
    if (i > 1000) throw new Error('It did not come about');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};

test('what is notified is heard in order, and again after the connection was lost', async () => {
  const heard: string[] = [];
  let begun = 0;
  const listening = openNotifications(own.target, {
    channel: 'some_channel',
    told: (payload) => heard.push(payload),
    listens: () => {
      begun++;
    },
  });
  await until(() => listening.listening);
  for (let i = 0; i < 20; i++) await database.query(`select pg_notify('some_channel', $1)`, [String(i)]);
  await until(() => heard.length === 20);
  expect(heard).toEqual(Array.from({ length: 20 }, (_, i) => String(i)));

  await database.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like 'listen %'`,
  );
  await until(() => begun === 2 && listening.listening);
  await database.query(`select pg_notify('some_channel', 'back')`);
  await until(() => heard.at(-1) === 'back');
  await listening.close();
  await database.query(`select pg_notify('some_channel', 'gone')`);
  expect(heard.at(-1)).toBe('back');
});

test('nothing is thrown where Postgres cannot be reached', async () => {
  const nowhere = { ...own.target, socket: null, host: '127.0.0.1', port: 1 };
  const listening = openNotifications(nowhere, { channel: 'x', told: () => {}, listens: () => {} });
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(listening.listening).toBe(false);
  await listening.close();
});
