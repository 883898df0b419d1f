import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

import { head, isOk } from '../load/client.ts';
import type { Plan, Work } from '../load/plan.ts';
import type { User } from '../load/scenario.ts';

/** A Bundle as one request, and how many entries it has. */
type Request = { bytes: Buffer; entries: number };

/** Posts each file once, whichever user is free taking the next: W2. Units are entries. */
export function bundles(plan: Plan, work: Extract<Work, { scenario: 'bundles' }>): User {
  const start = head('POST', '/fhir/R4', plan.port, {
    Authorization: `Bearer ${plan.token}`,
    'Content-Type': 'application/fhir+json',
    Accept: 'application/fhir+json',
  });
  const requests = work.files.map((file): Request => {
    const read = readFileSync(file);
    const body = file.endsWith('.gz') ? gunzipSync(read) : read;
    // Reading the JSON has its own cost, but this is before the clock starts.
    const { entry } = JSON.parse(body.toString('utf8')) as { entry: unknown[] };
    return { bytes: Buffer.concat([Buffer.from(start(body.length), 'latin1'), body]), entries: entry.length };
  });
  let next = 0;
  return (client) => async () => {
    const request = requests[next++];
    if (!request) return false;
    await client.send('bundle', request.bytes, isOk);
    client.tally.count(request.entries);
    return next < requests.length;
  };
}
