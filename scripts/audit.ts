import { join } from 'node:path';

import { readConfig } from '../src/config.ts';
import { reachDatabase } from '../src/database.ts';
import { checkpointKey, publicKeyText } from '../src/privacy/ledger/checkpoint-key.ts';
import { checkpointsInDatabase, checkpointsInFile } from '../src/privacy/ledger/checkpoints.ts';
import { type Verified, verifyLedger } from '../src/privacy/ledger/verify.ts';
import { deriveKey, openSecret } from '../src/smart/secret.ts';

const usage = `Reads the ledger of every tenant and says whether it is as it was written.

  npm run -s audit:verify               each row, each block and its place in the chain, and what was signed
  npm run -s audit:verify -- --key      the public key that checkpoints are signed by

It exits with 1 where a row was changed, taken out or put in, and names the first.
`;

const [option, ...rest] = process.argv.slice(2);
if (rest.length > 0 || (option !== undefined && option !== '--key')) {
  process.stderr.write(usage);
  process.exit(1);
}

const said = (found: Verified): string =>
  found.ok
    ? `Tenant ${found.tenant}: ${found.rows} rows in ${found.blocks} blocks are as they were written, ` +
      `${found.until === null ? 'and there are none' : `the last on ${found.until.toISOString()}`}; ` +
      `${found.checkpoints} checkpoints agree.\n`
    : `Tenant ${found.tenant}: ${found.problem}.\n`;

try {
  const config = readConfig(process.env);
  const secret = openSecret(config.secret, join(config.data, 'secret'));
  const key = checkpointKey((use) => deriveKey(secret, use));
  if (option === '--key') process.stdout.write(`${publicKeyText(key)}\n`);
  else {
    const folder = join(config.data, 'checkpoints');
    const database = await reachDatabase(config);
    try {
      const tenants = await database.query('select id from tenant order by id');
      for (const [id] of tenants) {
        const tenant = Number(id);
        const signed = [...(await checkpointsInDatabase(database, tenant)), ...checkpointsInFile(folder, tenant)];
        const found = await verifyLedger(database, tenant, key, signed);
        process.stdout.write(said(found));
        if (!found.ok) process.exitCode = 1;
      }
    } finally {
      await database.close();
    }
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
}
