import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { Resource } from '../../src/fhir/context.ts';
import { storeSamples } from '../support/samples.ts';
import { type Server, startServer } from '../support/server.ts';
import { harbour, sampled } from './harbour-world.ts';
import { countOf, look } from './look.ts';
import { type Ask, paths } from './paths.ts';
import { type Recipient, recipients } from './recipients.ts';

/**
 * The flow matrix of the privacy policy: 28 recipients by 24 ways to read. Each cell is a test; what came out is written to
 * conformance/leak-matrix.md.
 */

let server: Server;
const cells = new Map<string, string>();

beforeAll(async () => {
  server = await startServer();
  const stored = await server.fetch('', {
    method: 'POST',
    body: JSON.stringify({
      resourceType: 'Bundle',
      type: 'transaction',
      entry: harbour.map((resource) => ({
        resource,
        request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` },
      })),
    }),
  });
  if (stored.status !== 200) throw new Error(await stored.text());
  await storeSamples(server.smart.fhir, sampled);
}, 120_000);

afterAll(async () => {
  await server?.close();
  // A run of some of them says nothing of the others.
  if (cells.size === recipients.length * paths.length)
    writeFileSync(join(import.meta.dirname, '../../conformance/leak-matrix.md'), table());
});

/** Everything that is stored, as it is. */
async function truth(): Promise<Resource[]> {
  const rows = await server.database.query(
    'select content from resource where tenant = 1 union all select content from sample_observation where tenant = 1',
  );
  return rows.map(([content]) => JSON.parse(String(content)) as Resource);
}

const askAs =
  (token: string | null): Ask =>
  async (method, path, body, form = false) => {
    const headers: Record<string, string> = {
      'content-type': form ? 'application/x-www-form-urlencoded' : 'application/fhir+json',
    };
    if (token !== null) headers.authorization = `Bearer ${token}`;
    const answer = await fetch(`${server.base}/${path}`.replace(/\/(?=\?|$)/, ''), {
      method,
      headers,
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, headers: JSON.stringify([...answer.headers]), text, sent: path };
  };

describe.each(recipients.map((one) => [`${one.row} ${one.who}`, one] as const))('%s', (_, recipient: Recipient) => {
  let all: Resource[];
  let ask: Ask;

  beforeAll(async () => {
    await recipient.prepare?.(server);
    all = await truth();
    ask = askAs(await recipient.token(server));
  });

  test('reads what is theirs to read', async () => {
    for (const name of recipient.must) expect([name, (await ask('GET', name)).status]).toEqual([name, 200]);
  });

  test.each(paths.map((one) => [one.name, one] as const))(
    'sees no more by %s than the policy says',
    async (name, path) => {
      const shown = new Set<string>();
      const statuses = new Set<number>();
      const wrong: string[] = [];
      for await (const answer of path.run(ask)) {
        const found = look(recipient, answer, all);
        wrong.push(...found.wrong.map((one) => `${answer.sent}: ${one}`));
        for (const one of found.shown) shown.add(one);
        statuses.add(answer.status);
        const [, type] = /^([A-Z]\w+)\?(?:_summary=count|_total=)/.exec(answer.sent) ?? [];
        if (type && found.total !== null && found.total > countOf(recipient, type, all))
          wrong.push(`${type}: ${found.total} are counted`);
      }
      cells.set(`${recipient.row} ${name}`, cellOf(shown.size, statuses));
      expect([...new Set(wrong)]).toEqual([]);
    },
  );
});

/** How many resources came out; or how it was refused. */
function cellOf(shown: number, statuses: ReadonlySet<number>): string {
  if (shown > 0) return String(shown);
  if (statuses.has(200)) return '0';
  return [...statuses].sort().join(' ');
}

function table(): string {
  const head = `| | ${paths.map(({ name }) => name).join(' | ')} |`;
  const rule = `|---|${paths.map(() => '---').join('|')}|`;
  const rows = recipients.map(
    ({ row, who }) => `| ${row} ${who} | ${paths.map(({ name }) => cells.get(`${row} ${name}`) ?? '').join(' | ')} |`,
  );
  return `# Who sees what, by which way

Written by \`test/leak/matrix.test.ts\`: ${harbour.length + sampled.length} resources of twelve people, their clinicians, employers and carriers
(\`test/leak/harbour-world.ts\`), read by 28 recipients on 24 ways. A number is how many different resources came out, each of which the
test has held against the policy, member by member and word by word; 0: the answers were empty; a status (401, 403, 404, 405): they
were refused. \`$export\`, GraphQL, subscriptions, \`$document\` and \`$summary\` are ways that the server does not have.

${head}
${rule}
${rows.join('\n')}
`;
}
