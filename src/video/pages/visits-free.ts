import type { Appointment, Bundle } from '@medplum/fhirtypes';
import { html } from 'hono/html';

import { csrfInput } from '../../pages/form.ts';
import type { Html } from '../../pages/layout.ts';
import { sendFor } from '../../privacy/pages/ask.ts';
import { zoneOf } from '../booking/bookable.ts';
import { dayAt } from '../booking/time-zones.ts';
import type { OpenedBy } from './video-page.ts';
import { clockIn, dayIn, zoneName } from './visits-times.ts';
import { visitsWords } from './visits-words.ts';

const DAY = 86_400_000;
/** Times on a page. */
const MOST = 40;
/** Times that are looked at where it does not matter with whom they are. */
const LOOKED = 200;

export type Wanted = {
  /** `Practitioner/x`; null: whoever has time. */
  who: string | null;
  /** `system|code`; null: any kind. */
  kind: string | null;
  /** A day, from which on times are shown: `2026-11-24`. */
  from: string | null;
  /** The id of the patient, where it is not who is signed in. */
  patient: string | null;
};

type Free = { slot: string; start: number; zone: string };

/** Times that are free, as the operation tells whoever is signed in. */
export async function freeTimes(opened: OpenedBy, { who, kind, from, patient }: Wanted): Promise<Free[]> {
  const { deps, request } = opened;
  const now = deps.fhir.now();
  const day = /^\d{4}-\d{2}-\d{2}$/.test(from ?? '') ? Date.parse(from ?? '') : Number.NaN;
  const start = Number.isNaN(day) ? now : Math.max(now, day);
  const query = new URLSearchParams({
    start: new Date(start).toISOString(),
    end: new Date(start + 60 * DAY).toISOString(),
    _count: String(who === null ? LOOKED : MOST),
    ...(who === null ? {} : { provider: who }),
    ...(kind === null ? {} : { 'visit-type': kind }),
    ...(patient === null ? {} : { patient: `Patient/${patient}` }),
  });
  const answer = await sendFor<Bundle<Appointment>>(opened, {
    path: ['Appointment', '$find'],
    query: query.toString(),
  });
  if (!answer.ok) return [];
  const all = await Promise.all(
    (answer.value.entry ?? []).flatMap(({ resource }) => {
      const slot = resource?.slot?.[0]?.reference?.slice('Slot/'.length);
      if (!resource || slot === undefined) return [];
      return [
        zoneOf(deps.fhir, request.tenant, resource).then((zone) => ({
          slot,
          start: Date.parse(resource.start ?? ''),
          zone,
        })),
      ];
    }),
  );
  // With whom does not matter: each time once.
  const first = new Map(all.toReversed().map((one) => [one.start, one]));
  return [...first.values()].sort((a, b) => a.start - b.start).slice(0, MOST);
}

type Choosing = {
  action: string;
  free: readonly Free[];
  /** What the form carries beside the time. */
  carried?: Html;
  /** Where later times are; null: nowhere. */
  later: (day: string) => string;
};

/** Times to choose from, day by day; each is a button of one form. */
export function timesToChoose(opened: OpenedBy, { action, free, carried, later }: Choosing): Html {
  const { request, csrf } = opened;
  const say = visitsWords[request.language].find;
  const [first] = free;
  const last = free.at(-1);
  if (!first || !last) return html`<p>${say.none}</p>`;
  const { language } = request;
  const zones = new Set(free.map(({ zone }) => zone));
  const days = Map.groupBy(free, ({ start, zone }) => dayIn(language, start, zone));
  const button = (
    { slot, start, zone }: Free,
    day: string,
  ): Html => html`<li><button class="button quiet small" type="submit" name="slot"
      value="${slot}"><span>${clockIn(language, start, zone)}${zones.size > 1 ? ` ${zoneName(language, start, zone)}` : ''}</span><span class="unseen">, ${day}</span></button></li>`;
  return html`<form method="post" action="${action}">${csrfInput(csrf)}${carried ?? ''}
      ${zones.size === 1 ? html`<p class="quiet">${say.zone(zoneName(language, first.start, first.zone))}</p>` : ''}
      ${[...days].map(([day, some]) => html`<h3>${day}</h3><ul class="times">${some.map((one) => button(one, day))}</ul>`)}
    </form>
    ${free.length < MOST ? '' : html`<p class="after"><a href="${later(dayAt(last.start + DAY, last.zone))}">${say.later}</a></p>`}`;
}
