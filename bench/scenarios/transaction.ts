import { smallTransaction } from '../data/small-transaction.ts';
import { fill } from '../data/template.ts';
import { head, isOk } from '../load/client.ts';
import type { Plan } from '../load/plan.ts';
import type { User } from '../load/scenario.ts';

const between = (low: number, high: number) => low + Math.floor(Math.random() * (high - low + 1));
const two = (number: number) => String(number).padStart(2, '0');

/** POSTs small transactions: W5. */
export function transaction(plan: Plan): User {
  const start = head('POST', '/fhir/R4', plan.port, {
    Authorization: `Bearer ${plan.token}`,
    'Content-Type': 'application/fhir+json',
    Accept: 'application/fhir+json',
  });
  return (client) => async () => {
    const birthDate = `${between(1920, 2019)}-${two(between(1, 12))}-${two(between(1, 28))}`;
    const body = fill(smallTransaction, { birthDate, value: String(between(90, 180)) });
    await client.send('transaction', start(body.length) + body, isOk);
    return true;
  };
}
