import { html } from 'hono/html';

import { button, buttonLink, csrfInput, hidden, notice } from '../../pages/form.ts';
import type { Html } from '../../pages/layout.ts';
import { hasAgreed } from '../policy/acknowledged.ts';
import { agreeable, type PolicyVersion, policyText, policyVersions } from '../policy/versions.ts';
import { operate, sentenceOf } from './ask.ts';
import { pathIn, seeOther } from './links.ts';
import { policyWords } from './policy-words.ts';
import { plainPage } from './sheet.ts';
import { dayInWords } from './times.ts';
import type { Just, Page, RecordVisit, Reply, Visit } from './visit.ts';

export const policyPath = '/privacy/policy';

/** Whether somebody has to agree to the policy before their record is open to them. @param fhirUser `Patient/1` */
export async function mustAgree({ deps, request }: Visit, fhirUser: string | null): Promise<boolean> {
  const { fhir } = deps;
  const needed = agreeable(await policyVersions(fhir, request.tenant), fhir.now());
  return needed.length > 0 && fhirUser !== null && !(await hasAgreed(fhir, request.tenant, fhirUser, needed));
}

/** The version that is in force; null: none has been published. */
export async function inForce({ deps, request }: Visit): Promise<PolicyVersion | null> {
  const all = await policyVersions(deps.fhir, request.tenant);
  return all.find(({ effectiveAt }) => effectiveAt.getTime() <= deps.fhir.now()) ?? null;
}

const paragraphs = (text: string): Html =>
  html`${text.split(/\n\s*\n/).map((one) => html`<p class="lines">${one.trim()}</p>`)}`;

/** What somebody can do about the policy who is signed in and has a record. */
async function answerOf(visit: Visit, { version }: PolicyVersion): Promise<Html> {
  const { deps, request, csrf } = visit;
  const say = policyWords[request.language];
  const visitor = await deps.signIn.visitorOf(request);
  if (!/^(Patient|RelatedPerson)\//.test(visitor?.fhirUser ?? '')) return html``;
  if (!(await mustAgree(visit, visitor?.fhirUser ?? null))) {
    return html`${notice(say.agreed, 'good')}<p>${buttonLink(pathIn(request, '/privacy'), say.goOn)}</p>`;
  }
  return html`<section><p>${say.changed}</p>
    <form method="post" action="${pathIn(request, policyPath)}" id="agree" tabindex="-1">${csrfInput(csrf)}${hidden('version', version)}${button(say.agree)}</form></section>`;
}

async function show(visit: Visit, { problems = [] }: Just = {}): Promise<Reply> {
  const { deps, request } = visit;
  const { language, tenant } = request;
  const say = policyWords[language];
  const policy = await inForce(visit);
  if (policy === null) return plainPage(visit, { title: say.title, content: html`<p>${say.none}</p>`, status: 404 });
  const content = html`<p class="quiet">${say.version(policy.version, dayInWords(language, policy.effectiveAt))}</p>
    ${paragraphs(await policyText(deps.fhir, tenant, policy.version))}
    ${await answerOf(visit, policy)}`;
  return plainPage(visit, { title: say.title, content, problems });
}

async function agree(visit: RecordVisit): Promise<Reply> {
  const { request } = visit;
  const policy = await inForce(visit);
  // Nobody agrees to what they were not shown: another may have come into force meanwhile.
  if (policy !== null && request.form.get('version') !== policy.version) return seeOther(pathIn(request, policyPath));
  const agreed =
    policy === null
      ? null
      : await operate(visit, ['Consent', '$acknowledge-policy'], [{ name: 'version', valueString: policy.version }]);
  if (agreed === null || agreed.ok) return seeOther(pathIn(request, '/privacy'));
  const message = `${policyWords[request.language].refused} ${sentenceOf(agreed.issues)}`;
  return show(visit, { problems: [{ field: 'agree', message }] });
}

/** The policy as it is worded, for everybody; and the agreement of who has a record. */
export const policyPages: readonly Page[] = [
  { method: 'GET', path: policyPath, whom: 'anybody', run: (visit) => show(visit) },
  { method: 'POST', path: policyPath, whom: 'record', unread: true, run: agree },
];
