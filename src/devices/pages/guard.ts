import type { Caller, Grant } from '../../fhir/access.ts';
import { guarded as guardedRecord } from '../../privacy/pages/guard.ts';
import { pathIn, seeOther } from '../../privacy/pages/links.ts';
import { mustAgree, policyPath } from '../../privacy/pages/policy.ts';
import { deadEnd } from '../../privacy/pages/sheet.ts';
import type { Page, Reply, Visit, Visitor } from '../../privacy/pages/visit.ts';
import type { DeviceDeps } from '../deps.ts';
import type { DevicePage } from './device-page.ts';
import { frameWords } from './frame-words.ts';

/** What somebody who treats may see here: readings, whose they are and what measured them, by what their class may. */
async function careGrant(
  { decide, reach }: DeviceDeps,
  tenant: number,
  visitor: Visitor & { fhirUser: string },
): Promise<Grant> {
  const caller: Caller = {
    tenant,
    actor: 'practitioner',
    purpose: '',
    organization: null,
    subject: visitor.id,
    clientId: null,
    fhirUser: visitor.fhirUser,
    identified: true,
    scopes: [{ context: 'user', type: '*', interactions: new Set(['r', 's']), query: null }],
    patient: null,
    grantId: null,
    operator: false,
    reach: await reach(tenant, visitor.fhirUser),
  };
  return decide(caller);
}

const treats = (visitor: Visitor): visitor is Visitor & { fhirUser: string } =>
  visitor.fhirUser?.startsWith('Practitioner/') ?? false;

/**
 * Runs a page for whom it is, and for nobody else. This is what routes.ts calls for each of `pages`.
 *
 * @param deps those of `visit` and more
 */
export async function guarded(page: DevicePage, visit: Visit, deps: DeviceDeps): Promise<Reply> {
  const { request } = visit;
  if (page.whom === 'record') {
    const { method, path, run } = page;
    const own: Page = { method, path, whom: 'record', run: (record) => run(record, deps) };
    return guardedRecord(own, visit);
  }
  const visitor = await deps.signIn.visitorOf(request);
  if (visitor === null) {
    const query = new URLSearchParams(request.query);
    query.delete('lang');
    return seeOther(deps.signIn.path(request.tenant, `${request.path}${query.size > 0 ? `?${query}` : ''}`, false));
  }
  if (!treats(visitor)) return deadEnd(visit, frameWords[request.language].care, 403);
  if (await mustAgree(visit, visitor.fhirUser)) return seeOther(pathIn(request, policyPath));
  return page.run({ ...visit, visitor, grant: await careGrant(deps, request.tenant, visitor) }, deps);
}
