import { html } from 'hono/html';

import { area } from '../../pages/fields.ts';
import { button, csrfInput } from '../../pages/form.ts';
import { operate } from '../../privacy/pages/ask.ts';
import { backWith, pathIn, seeOther } from '../../privacy/pages/links.ts';
import type { Reply } from '../../privacy/pages/visit.ts';
import { actorsOf } from './appointment.ts';
import type { OpenedBy, VideoPage } from './video-page.ts';
import { freeTimes, timesToChoose } from './visits-free.ts';
import { factsOf, isReply, opensOf, type ProblemName, problemOf, visitsPage } from './visits-shown.ts';
import { visitsWords } from './visits-words.ts';

async function change(opened: OpenedBy, problem: ProblemName | null = null): Promise<Reply> {
  const { request } = opened;
  const shown = await opensOf(opened);
  if (isReply(shown)) return shown;
  const { appointment, day, time } = shown;
  if (appointment.status !== 'booked' && problem === null) return seeOther(pathIn(request, '/visits'));
  const say = visitsWords[request.language].changing;
  const [who] = actorsOf(appointment, 'Practitioner');
  const [patient] = actorsOf(appointment, 'Patient');
  const [coding] = appointment.serviceType?.[0]?.coding ?? [];
  const here = pathIn(request, `/visits/${appointment.id}/change`);
  const found = await freeTimes(opened, {
    who: who === undefined ? null : `Practitioner/${who}`,
    kind: coding?.code === undefined ? null : `${coding.system ?? ''}|${coding.code}`,
    from: request.query.get('from'),
    patient: patient ?? null,
  });
  const times = timesToChoose(opened, {
    action: here,
    times: found,
    later: (from) => `${here}?${new URLSearchParams({ from })}`,
  });
  const content = html`<p>${say.lead(`${day}, ${time}`)}</p>
    ${factsOf(shown, opened)}
    <h2>${visitsWords[request.language].find.times}</h2>${times}`;
  return visitsPage(opened, { title: say.title, content, problem });
}

async function move(opened: OpenedBy): Promise<Reply> {
  const { request } = opened;
  const { id = '' } = request.params;
  const reference = `Slot/${request.form.get('slot') ?? ''}`;
  const moved = await operate(
    opened,
    ['Appointment', id, '$reschedule'],
    [{ name: 'slot', valueReference: { reference } }],
  );
  return moved.ok ? backWith(request, '/visits', 'moved') : change(opened, problemOf(moved));
}

async function ask(opened: OpenedBy, problem: ProblemName | null = null): Promise<Reply> {
  const { request, csrf } = opened;
  const shown = await opensOf(opened);
  if (isReply(shown)) return shown;
  const say = visitsWords[request.language].cancelling;
  const content = html`<p>${say.lead}</p>
    ${factsOf(shown, opened)}
    <form method="post" action="${pathIn(request, `/visits/${shown.appointment.id}/cancel`)}">${csrfInput(csrf)}
      ${area({ name: 'why', label: say.why, hint: say.whyHint, rows: 2, longest: 500 })}
      ${button(say.yes, { look: 'danger' })}
    </form>
    <p class="after"><a href="${pathIn(request, '/visits')}">${say.no}</a></p>`;
  return visitsPage(opened, { title: say.title, content, problem });
}

async function cancel(opened: OpenedBy): Promise<Reply> {
  const { request } = opened;
  const why = request.form.get('why')?.trim() ?? '';
  const parameters = why === '' ? [] : [{ name: 'comment', valueString: why }];
  const cancelled = await operate(opened, ['Appointment', request.params.id ?? '', '$cancel'], parameters);
  return cancelled.ok ? backWith(request, '/visits', 'cancelled') : ask(opened, problemOf(cancelled));
}

export const visitsChangePages: readonly VideoPage[] = [
  { method: 'GET', path: '/visits/:id/change', whom: 'visitor', run: (opened) => change(opened) },
  { method: 'POST', path: '/visits/:id/change', whom: 'visitor', run: move },
  { method: 'GET', path: '/visits/:id/cancel', whom: 'visitor', run: (opened) => ask(opened) },
  { method: 'POST', path: '/visits/:id/cancel', whom: 'visitor', run: cancel },
];
