import { parseArgs } from 'node:util';

import { readConfig } from '../src/config.ts';
import { reachDatabase } from '../src/database.ts';
import type { Database } from '../src/db/database.ts';
import { changeLink, changeRoles, disableUser, enableUser } from '../src/smart/people/end-sessions.ts';
import { invite } from '../src/smart/people/invitations.ts';
import { isTooYoung } from '../src/smart/people/minors.ts';
import { isStaffRole, staffRoles, type User, type UserRole } from '../src/smart/people/user.ts';
import { addUser, findUserByName, listUsers, usernamePattern } from '../src/smart/people/users.ts';

const usage = `Who can sign in.

  npm run -s user -- add amara --name "Amara Osei" --link Patient/1   adds somebody, and prints a link to set a password
  npm run -s user -- invite amara              prints a link to set a password anew; the one before it ends
  npm run -s user -- link amara Patient/1      whose record they have: Patient, RelatedPerson or Practitioner; or none
  npm run -s user -- roles amara developer     what they are here, or none
  npm run -s user -- roles amara hr-admin --organization acme
  npm run -s user -- disable amara             signs them out everywhere and ends what they granted to apps
  npm run -s user -- enable amara
  npm run -s user -- list

  --name, --email, --link, --roles   what is known of somebody who is added
  --organization                     the id of the Organization that they work for

Roles are developer and operator; and, of what somebody is to patients, one of
${staffRoles.join(', ')}. Whoever gets another of these is signed out.

  --tenant                           the number of the tenant (1)

A link is good once, for 24 hours. Whoever has it can sign in as that user: hand it over as you would a key.
`;

function end(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        name: { type: 'string' },
        email: { type: 'string' },
        link: { type: 'string' },
        roles: { type: 'string' },
        organization: { type: 'string' },
        tenant: { type: 'string', default: '1' },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    return end(`${error instanceof Error ? error.message : error}\n\n${usage}`);
  }
}

const { values: asked, positionals } = readArguments();
const [command = '', username = '', ...rest] = positionals;
if (asked.help) {
  process.stdout.write(usage);
  process.exit(0);
}
const tenant = Number(asked.tenant);
if (!Number.isInteger(tenant) || tenant < 1) end('--tenant must be the number of a tenant.');

function fhirUserOf(text: string): string | null {
  if (text === 'none') return null;
  if (/^(Patient|RelatedPerson|Practitioner)\/[A-Za-z0-9.-]{1,64}$/.test(text)) return text;
  return end('A user is linked to Patient/…, RelatedPerson/… or Practitioner/… with an id, or to none.');
}

function rolesOf(words: readonly string[]): UserRole[] {
  const named = words.flatMap((one) => one.split(',')).filter((one) => one !== '' && one !== 'none');
  const roles = named.map((one) =>
    one === 'developer' || one === 'operator' || isStaffRole(one)
      ? one
      : end(`A role is developer, operator, ${staffRoles.join(', ')}.`),
  );
  if (roles.filter(isStaffRole).length > 1) end('To patients somebody is one thing at a time.');
  return roles;
}

function organizationOf(text: string | undefined): string | null {
  if (text === undefined) return null;
  return /^[A-Za-z0-9.-]{1,64}$/.test(text) ? text : end('--organization must be the id of an Organization.');
}

type On = { database: Database; baseUrl: string };

/** Who is under 18 has no account: whoever acts for them has. */
async function grownUp({ database }: On, fhirUser: string | null): Promise<string | null> {
  const young = await isTooYoung(database, tenant, fhirUser);
  return young ? end(`${fhirUser} is under 18: link a RelatedPerson who acts for them.`) : fhirUser;
}

/** What a command does with a user who exists; the sentence or link that it prints. */
const commands: Record<string, (on: On, user: User) => Promise<string>> = {
  invite: (on, user) => invite(on, user),
  async link(on, user) {
    const fhirUser = await grownUp(on, fhirUserOf(rest[0] ?? ''));
    await changeLink(on, tenant, user.id, fhirUser);
    return `${user.username} is linked to ${fhirUser ?? 'nobody'}.`;
  },
  async roles(on, user) {
    const roles = rolesOf(rest);
    await changeRoles(on, tenant, user.id, roles, organizationOf(asked.organization));
    return `${user.username} has the roles: ${roles.join(', ') || 'none'}.`;
  },
  async disable(on, user) {
    await disableUser(on, tenant, user.id);
    return `${user.username} is signed out everywhere and cannot sign in.`;
  },
  async enable(on, user) {
    await enableUser(on.database, tenant, user.id);
    return `${user.username} can sign in.`;
  },
};

const line = ({ username: name, displayName, fhirUser, roles, disabled }: User): string =>
  [name, displayName, fhirUser ?? '-', roles.join(',') || '-', disabled ? 'disabled' : ''].join('\t').trimEnd();

async function add(on: On): Promise<string> {
  if (!usernamePattern.test(username))
    end('A username has letters, digits and . _ @ + - and begins with a letter or digit.');
  const [exists] = await on.database.query('select 1 from tenant where id = $1', [tenant]);
  if (!exists) end(`There is no tenant ${tenant}.`);
  const user = await addUser(on.database, {
    tenant,
    username,
    displayName: asked.name ?? username,
    email: asked.email ?? null,
    fhirUser: await grownUp(on, fhirUserOf(asked.link ?? 'none')),
    roles: rolesOf([asked.roles ?? '']),
    organization: organizationOf(asked.organization),
  });
  return user ? invite(on, user) : end(`There is a user called ${username} already.`);
}

async function run(on: On): Promise<string> {
  if (command === 'list') return (await listUsers(on.database, tenant)).map(line).join('\n');
  const known = Object.hasOwn(commands, command) ? commands[command] : undefined;
  if (username === '' || (command !== 'add' && !known)) return end(usage);
  if (!known) return add(on);
  const user = await findUserByName(on.database, tenant, username);
  return user ? known(on, user) : end(`There is no user called ${username} in tenant ${tenant}.`);
}

try {
  const config = readConfig(process.env);
  const database = await reachDatabase(config);
  try {
    process.stdout.write(`${await run({ database, baseUrl: config.baseUrl })}\n`);
  } finally {
    await database.close();
  }
} catch (error) {
  end(error instanceof Error ? error.message : String(error));
}
