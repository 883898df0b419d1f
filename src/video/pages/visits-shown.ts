import type { Appointment, Practitioner, Resource } from '@medplum/fhirtypes';
import { html } from 'hono/html';
import type { Issue } from '../../fhir/outcome.ts';
import { problemSummary } from '../../pages/form.ts';
import type { Html } from '../../pages/layout.ts';
import type { Reply } from '../../privacy/pages/visit.ts';
import { zoneOf } from '../booking/bookable.ts';
import { isAtClinic, isVideo } from '../booking/services.ts';
import { actorOf, nameOf, readAs } from './appointment.ts';
import { deadEnd, videoPage } from './frame.ts';
import { frameWords } from './frame-words.ts';
import type { OpenedBy } from './video-page.ts';
import { dayIn, momentIn } from './visits-times.ts';
import { visitsWords } from './visits-words.ts';

export type Booked = Appointment & { id: string };

/** An Appointment as people read it. */
export type Shown = { appointment: Booked; what: string; day: string; time: string; zone: string; isVideo: boolean };

/** @param known what was found beside it, by `Practitioner/x` */
export async function shownOf(
  opened: OpenedBy,
  appointment: Booked,
  known: ReadonlyMap<string, Resource> = new Map(),
): Promise<Shown> {
  const { deps, request, visitor } = opened;
  const say = visitsWords[request.language];
  const type = visitor.fhirUser.startsWith('Practitioner/') ? 'Patient' : 'Practitioner';
  const reference = appointment.participant
    .map(({ actor }) => actor?.reference ?? '')
    .find((one) => one.startsWith(`${type}/`));
  const found = known.get(reference ?? '') as Practitioner | undefined; // or a Patient: both have names
  const name = nameOf(found ?? (await actorOf(opened, appointment, type)));
  const zone = await zoneOf(deps.fhir, request.tenant, appointment);
  const [start, end] = [Date.parse(appointment.start ?? ''), Date.parse(appointment.end ?? '')];
  const video = isVideo(appointment.serviceType ?? []);
  const services = appointment.serviceType ?? [];
  const own = isAtClinic(services) ? undefined : services[0]?.text;
  const kind = video ? say.video : (own ?? say.visit);
  return {
    appointment,
    what: name === '' ? kind : say.withWhom(kind, name),
    day: dayIn(request.language, start, zone),
    time: momentIn(request.language, [start, end], zone),
    zone,
    isVideo: video,
  };
}

/** The Appointment that a page is about; else the page that says that there is none. */
export async function opensOf(opened: OpenedBy): Promise<Shown | Reply> {
  const found = await readAs<Appointment>(opened, 'Appointment', opened.request.params.id ?? '');
  if (found === null) return deadEnd(opened, frameWords[opened.request.language].refused.unknown, 404);
  return shownOf(opened, found);
}

export const isReply = (one: Shown | Reply): one is Reply => 'status' in one;

export const factsOf = ({ what, day, time }: Shown, { request: { language } }: OpenedBy): Html => {
  const { facts } = visitsWords[language];
  return html`<dl class="facts">
    <div><dt>${facts.what}</dt><dd>${what}</dd></div>
    <div><dt>${facts.day}</dt><dd>${day}</dd></div>
    <div><dt>${facts.time}</dt><dd>${time}</dd></div>
  </dl>`;
};

export type ProblemName = keyof (typeof visitsWords)['en']['problems'];

/** What a refusal is in words for people, who have not read where it comes from. */
export function problemOf({ status, issues }: { status: number; issues: readonly Issue[] }): ProblemName {
  const [issue] = issues;
  if (issue?.code === 'business-rule') return 'soon';
  if (status !== 409) return 'refused';
  if (issue?.expression === 'Appointment.start') return 'own';
  if (issue?.expression?.startsWith('Appointment.slot')) return 'taken';
  return issue?.diagnostics.startsWith('At most') ? 'many' : 'begun';
}

type Sheet = { title: string; content: Html; above?: Html; problem?: ProblemName | null; status?: number };

/** A page about visits that are booked; `#choose` is where one goes on after a problem. */
export function visitsPage(opened: OpenedBy, { title, content, above, problem = null }: Sheet): Promise<Reply> {
  const { language } = opened.request;
  const problems = problem === null ? [] : [{ field: 'choose', message: visitsWords[language].problems[problem] }];
  return videoPage(opened, {
    title,
    status: problem === null ? 200 : 409,
    content: html`<div class="sheet wide booking">
      ${problemSummary(language, problems)}
      ${above ?? ''}
      <h1>${title}</h1>
      <div id="choose" tabindex="-1">${content}</div>
    </div>`,
  });
}
