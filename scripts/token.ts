import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { readConfig } from '../src/config.ts';
import { reachDatabase } from '../src/database.ts';
import { actors, isActor } from '../src/smart/actor.ts';
import { contextsAgree, operatorScope, parseScopes } from '../src/smart/scopes/scopes.ts';
import { openSecret } from '../src/smart/secret.ts';
import { openKeys } from '../src/smart/tokens/keys.ts';
import { mintToken, placeOf } from '../src/smart/tokens/tokens.ts';

const usage = `Prints a bearer token for local use.

  npm run -s token -- --scope "system/*.cruds"

  --scope      what it allows, as SMART scopes separated by spaces
  --patient    the id of the patient in context, for patient/ scopes
  --fhir-user  who the user is, for user/ scopes: Practitioner/…, Patient/… or RelatedPerson/…
  --actor      what the bearer is to patients: self, practitioner, hr-admin, carrier, … (as who they are tells)
  --purpose    what they act for, a code of v3-ActReason: TREAT
  --organization  the id of the Organization whose they are
  --tenant     the number of the tenant (1)
  --operator   may see query plans and server-wide figures
  --hours      how long it is good for, at most 24 (8)
  --subject    who it stands for (local)
`;

function end(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

function readArguments() {
  try {
    return parseArgs({
      options: {
        scope: { type: 'string' },
        patient: { type: 'string' },
        'fhir-user': { type: 'string' },
        actor: { type: 'string' },
        purpose: { type: 'string' },
        organization: { type: 'string' },
        tenant: { type: 'string', default: '1' },
        operator: { type: 'boolean', default: false },
        hours: { type: 'string', default: '8' },
        subject: { type: 'string', default: 'local' },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    return end(`${error instanceof Error ? error.message : error}\n\n${usage}`);
  }
}

const asked = readArguments();
if (asked.help) {
  process.stdout.write(usage);
  process.exit(0);
}
if (asked.scope === undefined && !asked.operator && asked.actor === undefined) end(usage);
const scope = [asked.scope ?? '', ...(asked.operator ? [operatorScope] : [])].filter(Boolean).join(' ');
const scopes = parseScopes(scope);
if (!scopes.ok) end(scopes.issues.map((issue) => issue.diagnostics).join('\n'));
const agree = contextsAgree(scopes.value.clinical);
if (!agree.ok) end(agree.issues.map((issue) => issue.diagnostics).join('\n'));
const uses = (wanted: string): boolean => scopes.value.clinical.some(({ context }) => context === wanted);
if (asked.patient === undefined && uses('patient')) {
  end('A patient/ scope needs --patient: without a patient in context it allows nothing.');
}
if (asked.patient !== undefined && !/^[A-Za-z0-9.-]{1,64}$/.test(asked.patient))
  end('--patient must be the id of a Patient.');
const fhirUser = asked['fhir-user'] ?? null;
if (fhirUser === null && uses('user')) {
  end('A user/ scope needs --fhir-user: it covers the patients of that user, and without one nobody.');
}
if (fhirUser !== null && !/^(Practitioner|Patient|RelatedPerson)\/[A-Za-z0-9.-]{1,64}$/.test(fhirUser))
  end('--fhir-user must be Practitioner/…, Patient/… or RelatedPerson/… with an id.');
const actor = asked.actor ?? null;
if (actor !== null && !isActor(actor)) end(`--actor must be one of ${actors.join(', ')}.`);
const hours = Number(asked.hours);
if (!(hours > 0 && hours <= 24)) end('--hours must be a number up to 24.');
const tenant = Number(asked.tenant);
if (!Number.isInteger(tenant) || tenant < 1) end('--tenant must be the number of a tenant.');

try {
  const config = readConfig(process.env);
  if (config.database !== null && !config.allowLocalTokens) {
    end(
      'With a DATABASE_URL tokens come from the authorization server. Set PORTICO_ALLOW_LOCAL_TOKENS=on to print one here.',
    );
  }
  const database = await reachDatabase(config);
  try {
    const keys = openKeys(database, openSecret(config.secret, join(config.data, 'secret')));
    const [purpose, organization] = [asked.purpose ?? null, asked.organization ?? null];
    const who = { subject: asked.subject, clientId: null, fhirUser, actor, purpose, organization };
    const claims = { tenant, ...who, scope, patient: asked.patient ?? null };
    const token = await mintToken(keys, placeOf(config.baseUrl, tenant), claims, Math.round(hours * 3600));
    process.stdout.write(`${token}\n`);
  } finally {
    await database.close();
  }
} catch (error) {
  end(error instanceof Error ? error.message : String(error));
}
