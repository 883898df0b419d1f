import { html } from 'hono/html';

import { area } from '../../pages/fields.ts';
import { button, csrfInput, field, type Problem } from '../../pages/form.ts';
import { type Complaint, fileComplaint } from '../requests/complaint.ts';
import { sentenceOf } from './ask.ts';
import { complaintWords } from './complaint-words.ts';
import { pathIn, seeOther } from './links.ts';
import { plainPage } from './sheet.ts';
import type { Page, Reply, Visit } from './visit.ts';

const path = '/privacy/complaint';

function show(visit: Visit, problems: readonly Problem[] = []): Promise<Reply> {
  const { request, csrf } = visit;
  const { form, query } = request;
  const say = complaintWords[request.language];
  const number = query.get('done');
  if (number !== null && problems.length === 0) {
    const content = html`<p class="lead">${say.done}</p><p>${say.number}: <code>${number.slice(0, 64)}</code></p>`;
    return plainPage(visit, { title: say.title, content });
  }
  const content = html`<p class="lead">${say.lead}</p>
    <form method="post" action="${pathIn(request, path)}">${csrfInput(csrf)}
      ${area({ name: 'text', label: say.text, hint: say.textHint, rows: 6, longest: 5000, required: true, problems, value: form.get('text') ?? '' })}
      ${field({ name: 'about', label: say.about, value: form.get('about') ?? '', problems })}
      ${field({ name: 'contact', label: say.contact, hint: say.contactHint, value: form.get('contact') ?? '', autocomplete: 'email', problems })}
      ${button(say.send)}
    </form>`;
  return plainPage(visit, { title: say.title, content, problems });
}

/** Who complains, where they are signed in: they are not asked to be. */
async function byWhom({ deps, request }: Visit): Promise<Pick<Complaint, 'by' | 'patient' | 'from'>> {
  const visitor = await deps.signIn.visitorOf(request);
  if (visitor === null) return { from: `address ${request.address}` };
  const [, patient] = /^Patient\/(.+)$/.exec(visitor.fhirUser ?? '') ?? [];
  return {
    from: `user ${visitor.id}`,
    by:
      visitor.fhirUser === null
        ? { display: visitor.displayName }
        : { reference: visitor.fhirUser, display: visitor.displayName },
    ...(patient === undefined ? {} : { patient }),
  };
}

async function complain(visit: Visit): Promise<Reply> {
  const { request, deps } = visit;
  const say = complaintWords[request.language];
  const [text = '', about = '', contact = ''] = ['text', 'about', 'contact'].map((name) =>
    (request.form.get(name) ?? '').trim(),
  );
  if (text === '') return show(visit, [{ field: 'text', message: say.wrong }]);
  const who = await byWhom(visit);
  const task = await fileComplaint(deps.fhir, request.tenant, {
    text,
    contact,
    ...(about === '' ? {} : { about }),
    ...who,
  });
  if (!task.ok) return show(visit, [{ field: 'text', message: `${say.refused} ${sentenceOf(task.issues)}` }]);
  return seeOther(`${pathIn(request, path)}?done=${task.value.id}`);
}

/** For whoever has something to complain of, with an account or without. */
export const complaintPages: readonly Page[] = [
  { method: 'GET', path, whom: 'anybody', run: (visit) => show(visit) },
  { method: 'POST', path, whom: 'anybody', run: complain },
];
