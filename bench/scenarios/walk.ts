import { head, isOk } from '../load/client.ts';
import type { Plan, Work } from '../load/plan.ts';
import type { User } from '../load/scenario.ts';

/** Walks the groups in order and GETs one path of each, chosen at random: W3, and with one group every plain read. */
export function walk(plan: Plan, work: Extract<Work, { scenario: 'walk' }>): User {
  const headers = { Authorization: `Bearer ${plan.token}`, Accept: 'application/fhir+json' };
  const groups = work.groups.map(({ name, paths }) => ({
    name,
    requests: paths.map((path) => head('GET', path, plan.port, headers)(0)),
  }));
  return (client) => async () => {
    for (const { name, requests } of groups) {
      const request = requests[Math.floor(Math.random() * requests.length)];
      if (request !== undefined) await client.send(name, request, isOk);
    }
    return true;
  };
}
