import { readConfig } from '../src/config.ts';
import { reachDatabase } from '../src/database.ts';
import { placeOf } from '../src/smart/tokens/tokens.ts';

const usage = `Adds a tenant, whose records, keys and tokens are apart from everybody else's, and prints its FHIR base.

  npm run -s tenant -- "Harbour Street Clinic"
`;

const [name, ...rest] = process.argv.slice(2);
if (name === undefined || name === '' || name.startsWith('-') || rest.length > 0) {
  process.stderr.write(usage);
  process.exit(1);
}

const config = readConfig(process.env);
const database = await reachDatabase(config);
// No sequence: it would have to be the same on every shard.
const [row] = await database.query(
  `insert into tenant (id, name) select max(id) + 1, $1 from tenant on conflict (name) do nothing returning id`,
  [name],
);
await database.close();
if (!row) {
  process.stderr.write(`There is a tenant called ${name} already.\n`);
  process.exit(1);
}
process.stdout.write(`${placeOf(config.baseUrl, Number(row[0])).audience}\n`);
