import type { Bundle } from '@medplum/fhirtypes';

import type { Seen } from '../../fhir/access.ts';
import type { FhirContext } from '../../fhir/context.ts';
import type { Operation } from '../../fhir/operations/operation.ts';
import { operationResponse } from '../../fhir/operations/operation-response.ts';
import { forbidden, malformed, notFound, ok, type Result } from '../../fhir/outcome.ts';
import { requestParameters } from '../../fhir/parameters.ts';
import type { FhirRequest, FhirResponse } from '../../fhir/request.ts';
import { systemGrant } from '../../fhir/store/system.ts';
import { recordUnlisted } from '../parties/audit.ts';
import { employeeSystem } from '../parties/employer.ts';
import { fedTypes } from '../parties/enrolment/allowed.ts';
import { type Employer, planFeed } from '../parties/enrolment/plan.ts';
import { type Feed, readFeed } from '../parties/enrolment/read-feed.ts';
import { moduleOf } from '../parties/modules.ts';

const attempts = 3;

/** Writes the feed as the server; whoever writes one of the same people at the same time, both are written. */
async function write(
  context: FhirContext,
  request: FhirRequest,
  employer: Employer,
  feed: Feed,
): Promise<Result<Bundle>> {
  const grant = systemGrant(employer.tenant, [...fedTypes, 'Provenance']);
  for (let attempt = 1; ; attempt++) {
    const plan = await planFeed(context, employer, feed.entries);
    if (!plan.ok) return plan;
    const header = (name: string) => (name === 'content-type' ? 'application/fhir+json' : undefined);
    const written = await context.dispatch({
      ...{ method: 'POST', path: [], query: '', header, body: JSON.stringify(plan.value), grant, base: request.base },
    });
    // The answer to a transaction is a Bundle.
    if (written.ok) return ok(JSON.parse(String(written.value.body)) as Bundle);
    if ((written.status !== 409 && written.status !== 412) || attempt === attempts) return written;
  }
}

/** What was written, for the ledger. */
async function told(context: FhirContext, { grant }: FhirRequest, { entry = [] }: Bundle): Promise<void> {
  for (const { response } of entry) {
    const [, type = '', id = ''] =
      /([A-Za-z]+)\/([A-Za-z0-9.-]{1,64})\/_history\/\d+$/.exec(response?.location ?? '') ?? [];
    const found = await context.store.read(systemGrant(grant.tenant, [type]), type, id);
    if (!found.ok) continue;
    const { patient, patients, labels } = found.value;
    const interaction: Seen['interaction'] = response?.status.startsWith('201') ? 'c' : 'u';
    grant.seen?.push({ type, id, patient, patients, labels, interaction });
  }
}

async function run(context: FhirContext, request: FhirRequest): Promise<Result<FhirResponse>> {
  const { tenant, caller } = request.grant;
  const { organization, actor } = caller;
  if (actor !== 'employer-feed' || organization === null)
    return forbidden('A feed comes from the system of an employer');
  const settings = await moduleOf(context, tenant, organization, 'enrolment');
  if (settings === null) return notFound('There is no operation $enroll-feed here; /metadata lists those that are');
  const parameters = requestParameters(request, 'feed');
  if (!parameters.ok) return parameters;
  const body = parameters.value.resource('feed');
  if (body === null) return malformed('A feed is a Bundle of the type transaction', 'Bundle');
  const system = await employeeSystem(context, tenant, organization);
  const feed = readFeed(body, system, settings.mode ?? 'reject', context.now());
  await recordUnlisted(context, caller, feed.ok ? feed.value.unlisted : (feed.unlisted ?? []));
  if (!feed.ok) return feed;
  const written = await write(context, request, { tenant, organization, system }, feed.value);
  if (!written.ok) return written;
  await told(context, request, written.value);
  // Whether somebody was there already is not told: each entry is answered alike.
  const entry = feed.value.entries.map(() => ({ response: { status: '202 Accepted' } }));
  return operationResponse(
    JSON.stringify({ resourceType: 'Bundle', type: 'transaction-response', ...(entry.length > 0 ? { entry } : {}) }),
  );
}

/** Takes from an employer who works there and is insured by it, and nothing else. */
export const enrollFeed: Operation = {
  code: 'enroll-feed',
  definition: 'https://portico.dev/fhir/OperationDefinition/enroll-feed',
  description: 'Takes from an employer who is enrolled: the elements that it takes to do so, and no other',
  on: { system: true },
  affectsState: true,
  parameters: [
    { name: 'feed', use: 'in', min: 1, max: '1', type: 'Bundle', documentation: 'A transaction' },
    { name: 'return', use: 'out', min: 1, max: '1', type: 'Bundle' },
  ],
  run,
};
