import { randomUUID } from 'node:crypto';

import * as records from '../data/records.ts';
import { fill, type Template, template } from '../data/template.ts';
import { type Client, type Header, head, isCreated, isDeleted, isOk } from '../load/client.ts';
import type { Plan } from '../load/plan.ts';
import type { User } from '../load/scenario.ts';

/** What an update changes, as `{{place}}` → the value it is created with, and the one it is updated to. */
type Change = { place: string; created: () => string; updated: () => string };

type Step = { type: string; create: Template; update: Template; change: Change };

const now = () => new Date().toISOString();
const between = (place: string, first: string, second: string): Change => ({
  place,
  created: () => first,
  updated: () => second,
});
const instant = (place: string): Change => ({ place, created: now, updated: now });
const named = (name: string): Change => ({
  place: 'name',
  created: () => name,
  updated: () => `${name} ${Date.now()}`,
});

const step = (resource: { resourceType: string }, change: Change): Step => ({
  type: resource.resourceType,
  create: template(resource),
  update: template({ ...resource, id: '{{id}}' }),
  change,
});

/** The order of WORKLOADS W1: each may refer to the ones before it. */
const steps: readonly Step[] = [
  step(records.patient, between('gender', 'unknown', 'other')),
  step(records.location, named('Reading room')),
  step(records.organization, named('Kestrel Street Clinic')),
  step(records.practitioner, between('gender', 'unknown', 'other')),
  step(records.encounter, between('status', 'planned', 'in-progress')),
  step(records.observation, instant('issued')),
  step(records.medicationRequest, between('status', 'on-hold', 'draft')),
  step(records.claim, instant('created')),
  step(records.explanationOfBenefit, instant('created')),
];

const idOf = (location: string | null): string => {
  const parts = (location ?? '').split('/');
  const at = parts.lastIndexOf('_history');
  return parts[at < 0 ? parts.length - 1 : at - 1] ?? '';
};

/** The 36 requests of one iteration of W1: nine creates, reads, updates, and deletes in reverse order. */
async function iterate(client: Client, headers: Header): Promise<void> {
  const values: Record<string, string> = { unique: randomUUID(), effective: now(), value: '128' };
  const ids: string[] = [];
  const write = { ...headers, 'Content-Type': 'application/json' };
  for (const { type, create, change } of steps) {
    const body = fill(create, { ...values, [change.place]: change.created() });
    const request = head('POST', `/fhir/R4/${type}`, client.port, write)(body.length) + body;
    const id = idOf((await client.send(`create ${type}`, request, isCreated)).location);
    ids.push(id);
    values[type] = `${type}/${id}`;
  }
  for (const [at, { type }] of steps.entries())
    await client.send(`read ${type}`, head('GET', `/fhir/R4/${type}/${ids[at]}`, client.port, headers)(0), isOk);
  for (const [at, { type, update, change }] of steps.entries()) {
    const body = fill(update, { ...values, id: ids[at] ?? '', [change.place]: change.updated() });
    const request = head('PUT', `/fhir/R4/${type}/${ids[at]}`, client.port, write)(body.length) + body;
    await client.send(`update ${type}`, request, isOk);
  }
  for (const [at, { type }] of [...steps.entries()].reverse()) {
    const request = head('DELETE', `/fhir/R4/${type}/${ids[at]}`, client.port, headers)(0);
    await client.send(`delete ${type}`, request, isDeleted);
  }
}

export function crud(plan: Plan): User {
  const headers = {
    Authorization: `Bearer ${plan.token}`,
    Accept: 'application/json',
    'Accept-Encoding': 'gzip',
    'Cache-Control': 'no-cache',
  };
  return (client) => async () => {
    await iterate(client, headers);
    return true;
  };
}
