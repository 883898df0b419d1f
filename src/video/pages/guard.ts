import { forbidden, type Refusal, unauthenticated } from '../../fhir/outcome.ts';
import { pathIn, seeOther } from '../../privacy/pages/links.ts';
import { mustAgree, policyPath } from '../../privacy/pages/policy.ts';
import type { Reply } from '../../privacy/pages/visit.ts';
import { jsonOf, outcomeReply } from './do.ts';
import { deadEnd } from './frame.ts';
import { frameWords } from './frame-words.ts';
import type { Opened, OpenedBy, VideoPage } from './video-page.ts';
import { canVisit, visitorGrant } from './visitor-grant.ts';

/** Where a script says that its page is ours: in a header, which no form of another site can send, or in what it sends. */
function isOurs({ deps, request }: Opened): boolean {
  const header = request.header('x-csrf');
  const isJson = request.header('content-type')?.startsWith('application/json') ?? false;
  const sent = isJson && header === undefined ? jsonOf(request) : null;
  const named = sent?.ok && typeof sent.value.csrf === 'string' ? sent.value.csrf : header;
  return deps.signIn.isOurs(request, named === undefined ? request.form : new URLSearchParams({ csrf: named }));
}

type Refused = { page: VideoPage; opened: Opened; refusal: Refusal; said: 'form' | 'nobody' };

/** Why one cannot go on, to a person or to a script. */
function refused({ page, opened, refusal, said }: Refused): Promise<Reply> | Reply {
  if (page.forScripts) return outcomeReply(refusal.status, refusal.issues, opened.cookies);
  return deadEnd(opened, frameWords[opened.request.language].refused[said], refusal.status);
}

/** Runs a page for whom it is, and for nobody else. */
export async function guarded(page: VideoPage, opened: Opened): Promise<Reply> {
  const { deps, request } = opened;
  if (request.method === 'POST' && !page.fromElsewhere && !isOurs(opened)) {
    const refusal = forbidden('This did not come from a page that this browser was given, or that page is too old');
    return refused({ page, opened, refusal, said: 'form' });
  }
  if (page.whom === 'anybody') return page.run(opened);
  const visitor = await deps.signIn.visitorOf(request);
  if (visitor === null) {
    if (page.forScripts) {
      const { status, issues } = unauthenticated('Nobody is signed in any more: open the page again');
      return outcomeReply(status, issues);
    }
    const query = new URLSearchParams(request.query);
    query.delete('lang');
    return seeOther(deps.signIn.path(request.tenant, `${request.path}${query.size > 0 ? `?${query}` : ''}`, false));
  }
  if (!canVisit(visitor)) {
    const refusal = forbidden('Visits are for patients, for those who help them, and for those who treat them');
    return refused({ page, opened, refusal, said: 'nobody' });
  }
  if (!page.forScripts && (await mustAgree(opened, visitor.fhirUser))) return seeOther(pathIn(request, policyPath));
  const by: OpenedBy = { ...opened, visitor, grant: await visitorGrant(deps, request.tenant, visitor) };
  return page.run(by);
}
