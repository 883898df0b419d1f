import { head, isOk } from '../load/client.ts';
import type { Plan, Work } from '../load/plan.ts';
import type { User } from '../load/scenario.ts';

/** Asks for a token with each assertion once: a second time it would be refused. */
export function token(plan: Plan, work: Extract<Work, { scenario: 'token' }>): User {
  const start = head('POST', '/oauth2/token', plan.port, { 'Content-Type': 'application/x-www-form-urlencoded' });
  let used = 0;
  return (client) => async () => {
    const assertion = work.assertions[used++];
    if (assertion === undefined) return false;
    const body = work.form + assertion;
    await client.send('token', start(body.length) + body, isOk);
    return true;
  };
}
