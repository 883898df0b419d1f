import type { Appointment, Bundle } from '@medplum/fhirtypes';
import { html } from 'hono/html';

import { select } from '../../pages/fields.ts';
import { button, csrfInput, hidden } from '../../pages/form.ts';
import { operate, sendFor } from '../../privacy/pages/ask.ts';
import { backWith, pathIn, seeOther } from '../../privacy/pages/links.ts';
import type { Reply } from '../../privacy/pages/visit.ts';
import { bookable } from '../booking/bookable.ts';
import { HOLD } from '../booking/holds.ts';
import { isAtClinic, isVideo } from '../booking/services.ts';
import { deadEnd } from './frame.ts';
import { frameWords } from './frame-words.ts';
import type { OpenedBy, VideoPage } from './video-page.ts';
import { freeTimes, timesToChoose, type Wanted } from './visits-free.ts';
import { factsOf, isReply, opensOf, type ProblemName, problemOf, visitsPage } from './visits-shown.ts';
import { clockIn } from './visits-times.ts';
import { visitsWords } from './visits-words.ts';

const path = '/visits/new';

const wantedOf = (asked: URLSearchParams): Wanted => ({
  who: asked.get('who') || null,
  kind: asked.get('kind') || null,
  from: asked.get('from'),
  patient: null,
});

async function choose(opened: OpenedBy, asked: URLSearchParams, problem: ProblemName | null = null): Promise<Reply> {
  const { deps, request, grant } = opened;
  // Who treats sees what is booked with them; they book nothing for themselves.
  if (grant.caller.patient === null) return seeOther(pathIn(request, '/visits'));
  const words = visitsWords[request.language];
  const say = words.find;
  const wanted = wantedOf(asked);
  const { people, services } = await bookable(deps.fhir, request.tenant);
  const kinds = services.flatMap((one) => {
    const [{ system = '', code = '', display = '' } = {}] = one.coding ?? [];
    const label = isVideo([one]) ? words.video : isAtClinic([one]) ? words.visit : (one.text ?? display);
    return code === '' ? [] : [{ value: `${system}|${code}`, label }];
  });
  const times = await freeTimes(opened, wanted);
  const here = (more: Record<string, string>): string =>
    `${pathIn(request, path)}?${new URLSearchParams({ who: wanted.who ?? '', kind: wanted.kind ?? '', ...more })}`;
  const content = html`<p>${say.lead}</p>
    <form method="get" action="${pathIn(request, path)}" class="seek">
      ${select({
        name: 'who',
        label: say.who,
        value: wanted.who ?? '',
        options: [
          { value: '', label: say.anybody },
          ...people.map(({ reference, name }) => ({ value: reference, label: name })),
        ],
      })}
      ${select({ name: 'kind', label: say.kind, value: wanted.kind ?? '', options: [{ value: '', label: say.any }, ...kinds] })}
      ${button(say.show, { look: 'quiet' })}
    </form>
    <h2>${say.times}</h2>
    ${timesToChoose(opened, {
      action: pathIn(request, path),
      times,
      carried: html`${hidden('who', wanted.who ?? '')}${hidden('kind', wanted.kind ?? '')}`,
      later: (from) => here({ from }),
    })}`;
  return visitsPage(opened, { title: say.title, content, problem });
}

/** Keeps the time that was chosen, and leads on to where it is confirmed. */
async function hold(opened: OpenedBy): Promise<Reply> {
  const { request, grant } = opened;
  const { kind } = wantedOf(request.form);
  const [, system, code] = /^([^|]+)\|(.+)$/.exec(kind ?? '') ?? [];
  const appointment: Appointment = {
    resourceType: 'Appointment',
    status: 'proposed',
    ...(code === undefined ? {} : { serviceType: [{ coding: [{ system, code }] }] }),
    slot: [{ reference: `Slot/${request.form.get('slot') ?? ''}` }],
    participant: [{ actor: { reference: `Patient/${grant.caller.patient ?? ''}` }, status: 'accepted' }],
  };
  const held = await sendFor<Bundle<Appointment>>(opened, {
    method: 'POST',
    path: ['Appointment', '$hold'],
    body: appointment,
  });
  if (!held.ok) return choose(opened, request.form, problemOf(held));
  const id = held.value.entry?.[0]?.resource?.id ?? '';
  return seeOther(pathIn(request, `/visits/${id}/confirm`));
}

async function confirm(opened: OpenedBy, problem: ProblemName | null = null): Promise<Reply> {
  const { request, csrf } = opened;
  const shown = await opensOf(opened);
  if (isReply(shown)) return shown;
  const { id, status, created } = shown.appointment;
  if (status !== 'pending') return seeOther(pathIn(request, '/visits'));
  const say = visitsWords[request.language].confirming;
  const until = clockIn(request.language, Date.parse(created ?? '') + HOLD, shown.zone);
  const content = html`<p>${say.lead(until)}</p>
    ${factsOf(shown, opened)}
    <form method="post" action="${pathIn(request, `/visits/${id}/confirm`)}">${csrfInput(csrf)}${button(say.book)}</form>
    <form method="post" action="${pathIn(request, `/visits/${id}/release`)}" class="after">${csrfInput(csrf)}${button(say.other, { look: 'quiet' })}</form>`;
  return visitsPage(opened, { title: say.title, content, problem });
}

async function book(opened: OpenedBy): Promise<Reply> {
  const { request } = opened;
  const { id = '' } = request.params;
  const booked = await operate(opened, ['Appointment', '$book'], [{ name: 'appt-id', valueUri: id }]);
  if (booked.ok) return backWith(request, '/visits', 'booked');
  if (booked.status === 404) return deadEnd(opened, frameWords[request.language].refused.unknown, 404);
  return choose(opened, new URLSearchParams(), problemOf(booked));
}

/** Gives a time back that was held and is not wanted. */
async function releaseHold(opened: OpenedBy): Promise<Reply> {
  const { request } = opened;
  await operate(opened, ['Appointment', request.params.id ?? '', '$cancel']);
  return seeOther(pathIn(request, path));
}

export const visitsBookPages: readonly VideoPage[] = [
  { method: 'GET', path, whom: 'visitor', run: (opened) => choose(opened, opened.request.query) },
  { method: 'POST', path, whom: 'visitor', run: hold },
  { method: 'GET', path: '/visits/:id/confirm', whom: 'visitor', run: (opened) => confirm(opened) },
  { method: 'POST', path: '/visits/:id/confirm', whom: 'visitor', run: book },
  { method: 'POST', path: '/visits/:id/release', whom: 'visitor', run: releaseHold },
];
