import { appendFileSync, writeFileSync } from 'node:fs';

import { head } from '../load/client.ts';
import { type Answer, Connection } from '../load/connection.ts';

type Endpoint = { port: number; token: string };
type Request = { method: 'GET' | 'POST'; path: string; body?: string };

/**
 * Sends requests that are not measured: what a workload needs before it can start.
 *
 * @returns the answers, in the order of the requests
 * @throws Error at the first answer that is not 2xx
 */
export async function sendAll({ port, token }: Endpoint, requests: readonly Request[], users = 32): Promise<Answer[]> {
  const answers: Answer[] = [];
  const headers = { Authorization: `Bearer ${token}`, Accept: 'application/fhir+json' };
  let next = 0;
  async function live(): Promise<void> {
    const connection = await Connection.open(port);
    for (let at = next++; at < requests.length; at = next++) {
      const { method, path, body = '' } = requests[at] ?? { method: 'GET', path: '/' };
      const bytes = Buffer.from(body, 'utf8');
      const typed = body === '' ? headers : { ...headers, 'Content-Type': 'application/fhir+json' };
      const start = Buffer.from(head(method, path, port, typed)(bytes.length), 'latin1');
      const answer = await connection.exchange(Buffer.concat([start, bytes]), true);
      if (answer.status > 299)
        throw new Error(`${method} ${path}: status ${answer.status} ${answer.body.slice(0, 600)}`);
      answers[at] = answer;
    }
    connection.close();
  }
  await Promise.all(Array.from({ length: Math.min(users, requests.length) }, live));
  return answers;
}

/** Writes what the server answers to each path into a file, which floors/memory.ts serves. */
export async function capture(endpoint: Endpoint, paths: readonly string[], file: string): Promise<void> {
  writeFileSync(file, '');
  for (let from = 0; from < paths.length; from += 500) {
    const some = paths.slice(from, from + 500);
    const answers = await sendAll(
      endpoint,
      some.map((path) => ({ method: 'GET', path })),
    );
    appendFileSync(file, answers.map(({ body }, at) => `${JSON.stringify([some[at], body])}\n`).join(''));
  }
}

/** The id in the Location of a create. */
export function idOf({ location }: Answer): string {
  const parts = (location ?? '').split('/');
  const at = parts.lastIndexOf('_history');
  return parts[at < 0 ? parts.length - 1 : at - 1] ?? '';
}
