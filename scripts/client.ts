import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { readConfig } from '../src/config.ts';
import { reachDatabase } from '../src/database.ts';
import { actors, isActor } from '../src/smart/actor.ts';
import { type ClientStanding, setClientStanding, standingFault } from '../src/smart/clients/client-standing.ts';
import { disableClient, findClient, listClients } from '../src/smart/clients/clients.ts';
import { newInitialAccessToken } from '../src/smart/clients/initial-access.ts';
import { registerClient, renewSecret } from '../src/smart/clients/register-client.ts';
import type { SmartContext } from '../src/smart/context.ts';

const usage = `Registers apps and looks after them.

  npm run -s client -- register --name "Sleep Diary" --redirect https://sleep.example/callback --auth none
  npm run -s client -- register --name "Night report" --auth private_key_jwt --jwks keys.json --grant client_credentials --scope "system/*.rs"
  npm run -s client -- list
  npm run -s client -- secret ID          a new secret; the old one is no good from then on
  npm run -s client -- disable ID         ends the app and everything that it was granted
  npm run -s client -- initial-token      a token with which somebody may register one app; with --system also a service

  --name       what people will be told that it is called
  --redirect   where codes are sent; may come several times
  --launch     where an EHR starts it
  --auth       none, client_secret_basic, client_secret_post or private_key_jwt (client_secret_basic)
  --grant      authorization_code, refresh_token, client_credentials; may come several times
  --scope      the most that it may be granted, as SMART scopes
  --jwks       a file with its public keys (JWK Set), or --jwks-uri
  --id         a client id of your choice
  --actor      what a service is to patients: system, carrier, employer-feed, provider-market, device-gateway, contractor, analytics
  --organization  the id of the Organization that it acts for
  --purpose    what it acts for, a code of v3-ActReason
  --types      the types that it needs: Claim,Coverage
  --elements   what it needs of them: Claim.status,Claim.total
  --approved-by  the privacy officer who agreed to a scope of every type
  --note       for whom an initial token is
  --tenant     the number of the tenant (1)
`;

function end(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

function readArguments() {
  const text = { type: 'string' } as const;
  const several = { type: 'string', multiple: true } as const;
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        name: text,
        redirect: several,
        launch: text,
        auth: text,
        grant: several,
        scope: text,
        jwks: text,
        'jwks-uri': text,
        id: text,
        actor: text,
        organization: text,
        purpose: text,
        types: text,
        elements: text,
        'approved-by': text,
        note: { type: 'string', default: 'made by npm run client' },
        tenant: { type: 'string', default: '1' },
        system: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    return end(`${error instanceof Error ? error.message : error}\n\n${usage}`);
  }
}

const { values, positionals } = readArguments();
const [command = 'help', id = ''] = positionals;
if (values.help || command === 'help') end(usage);
const tenant = Number(values.tenant);
if (!Number.isInteger(tenant) || tenant < 1) end('--tenant must be the number of a tenant.');

function keySet(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return end('--jwks must be a file with a JWK Set: {"keys": […]}.');
  }
}

const listed = (words: string | undefined): string[] =>
  (words ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');

/** What the operator makes of a service; null: another system, as far as its scopes go. */
function standing(): ClientStanding | null {
  const { actor, organization = null, purpose = null, types, elements, 'approved-by': approvedBy = null } = values;
  if (actor === undefined) return null;
  if (!isActor(actor)) return end(`--actor must be one of ${actors.join(', ')}.`);
  return { actor, organization, purpose, types: listed(types), elements: listed(elements), approvedBy };
}

const print = (line: string): void => void process.stdout.write(`${line}\n`);

async function register(context: SmartContext): Promise<void> {
  const metadata = {
    client_name: values.name,
    redirect_uris: values.redirect,
    launch_uri: values.launch,
    token_endpoint_auth_method: values.auth,
    grant_types: values.grant,
    scope: values.scope,
    jwks: values.jwks === undefined ? undefined : keySet(values.jwks),
    jwks_uri: values['jwks-uri'],
  };
  const own = standing();
  const fault = own === null ? null : standingFault(own, values.scope ?? 'system/*.rs');
  if (fault !== null) end(`The app was not registered. ${fault}.`);
  const registrar = { by: 'operator', owner: null, system: true } as const;
  const registered = await registerClient(context, tenant, metadata, registrar, values.id);
  if (!registered.ok) end(`The app was not registered. ${registered.fault.reason}`);
  const { client, secret } = registered.value;
  if (own !== null) await setClientStanding(context.database, tenant, client.id, own);
  print(`client_id ${client.id}`);
  if (secret !== null) print(`client_secret ${secret}`);
}

async function run(context: SmartContext): Promise<void> {
  const [known] = await context.database.query('select 1 from tenant where id = $1', [tenant]);
  if (!known) end(`There is no tenant ${tenant}.`);
  if (command === 'register') return register(context);
  if (command === 'initial-token') {
    return print(await newInitialAccessToken(context.database, tenant, values.note, values.system));
  }
  if (command === 'list') {
    for (const client of await listClients(context, tenant, null)) {
      const { client_name: name, token_endpoint_auth_method: auth } = client.metadata;
      print(`${client.id}  ${name}  ${auth}  ${client.registeredBy}${client.disabled ? '  disabled' : ''}`);
    }
    return;
  }
  if (command !== 'secret' && command !== 'disable') end(usage);
  const client = await findClient(context, tenant, id);
  if (!client) end(`There is no client ${id} in tenant ${tenant}.`);
  if (command === 'disable') return disableClient(context, tenant, id, 'the operator disabled the app');
  const secret = await renewSecret(context, client);
  if (secret === null) end('This app has no secret: it is public, or shows itself with a key.');
  print(`client_secret ${secret}`);
}

try {
  const config = readConfig(process.env);
  const database = await reachDatabase(config);
  try {
    // Of a context these commands use the database alone.
    await run({ database } as SmartContext);
  } finally {
    await database.close();
  }
} catch (error) {
  end(error instanceof Error ? error.message : String(error));
}
