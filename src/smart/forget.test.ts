import { afterAll, beforeAll, expect, test } from 'vitest';

import { exchange, grantTo, refresh } from '../../test/support/granted.ts';
import { type Server, startServer } from '../../test/support/server.ts';
import { registerApp } from '../../test/support/smart-world.ts';
import { forgetExpired } from './forget.ts';
import { useOnce } from './tokens/used-identifiers.ts';

let server: Server;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server?.close());

const count = async (table: string): Promise<number> =>
  Number((await server.database.query(`select count(*)::int from ${table} where tenant = $1`, [1]))[0]?.[0]);

test('what has expired is deleted, and what still counts stays', async () => {
  const { app } = await registerApp(server);
  const { code } = await grantTo(server, app);
  const { body } = await exchange(server, app, code);
  await refresh(server, app, body.refresh_token);
  const used = { tenant: 1, kind: 'test', owner: 'x' };
  await useOnce(server.database, { ...used, identifier: 'old', expires: new Date(Date.now() - 1000) });
  await useOnce(server.database, { ...used, identifier: 'new', expires: new Date(Date.now() + 60_000) });
  await forgetExpired(server.database);
  expect([await count('used_identifier'), await count('authorization_code'), await count('refresh_token')]).toEqual([
    1, 1, 2,
  ]);
  expect((await exchange(server, app, code)).body.error).toBe('invalid_grant');
  await server.database.query(`update refresh_token set used_at = used_at - interval '8 days' where tenant = $1`, [1]);
  await server.database.query(
    `update authorization_code set expires_at = now() - interval '2 days' where tenant = $1`,
    [1],
  );
  await forgetExpired(server.database);
  expect([await count('authorization_code'), await count('refresh_token')]).toEqual([0, 1]);
});
