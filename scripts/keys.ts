import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { readConfig } from '../src/config.ts';
import { reachDatabase } from '../src/database.ts';
import { openSecret } from '../src/smart/secret.ts';
import { openKeys } from '../src/smart/tokens/keys.ts';

const usage = `The keys that tokens are signed with.

  npm run -s keys                  prints the public ones, as /oauth2/jwks has them
  npm run -s keys -- --rotate      new ones sign from now on, in running servers within a minute; what the old ones signed
                                   is believed until it ends

  --tenant     the number of the tenant (1)
`;

function end(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

function readArguments() {
  try {
    const options = { rotate: { type: 'boolean', default: false }, tenant: { type: 'string', default: '1' } } as const;
    return parseArgs({ options: { ...options, help: { type: 'boolean', default: false } } }).values;
  } catch (error) {
    return end(`${error instanceof Error ? error.message : error}\n\n${usage}`);
  }
}

const asked = readArguments();
if (asked.help) end(usage);
const tenant = Number(asked.tenant);
if (!Number.isInteger(tenant) || tenant < 1) end('--tenant must be the number of a tenant.');

try {
  const config = readConfig(process.env);
  const database = await reachDatabase(config);
  try {
    const keys = openKeys(database, openSecret(config.secret, join(config.data, 'secret')));
    if (asked.rotate) await keys.rotate(tenant);
    process.stdout.write(`${JSON.stringify({ keys: await keys.published(tenant) }, null, 2)}\n`);
  } finally {
    await database.close();
  }
} catch (error) {
  end(error instanceof Error ? error.message : String(error));
}
