import { observationTemplate } from '../data/observation.ts';
import { fill } from '../data/template.ts';
import { head, isCreated } from '../load/client.ts';
import type { Plan, Work } from '../load/plan.ts';
import type { User } from '../load/scenario.ts';

/** POSTs vital signs, each of another instant, for the given patients in turn. */
export function create(plan: Plan, work: Extract<Work, { scenario: 'create' }>): User {
  const start = head('POST', '/fhir/R4/Observation', plan.port, {
    Authorization: `Bearer ${plan.token}`,
    'Content-Type': 'application/fhir+json',
    Accept: 'application/fhir+json',
  });
  let made = 0;
  return (client) => async () => {
    made++;
    const patient = work.patients[made % work.patients.length] ?? '';
    // A measurement a minute, from 2020 on.
    const effective = new Date(1577836800000 + made * 60000).toISOString();
    const body = fill(observationTemplate, { patient, effective, value: String(50 + (made % 90)) });
    await client.send('create', start(body.length) + body, isCreated);
    return true;
  };
}
