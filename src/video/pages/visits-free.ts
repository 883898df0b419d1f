import type { Appointment, Bundle } from '@medplum/fhirtypes';
import { html } from 'hono/html';

import { csrfInput } from '../../pages/form.ts';
import type { Html } from '../../pages/layout.ts';
import { sendFor } from '../../privacy/pages/ask.ts';
import { zoneOf } from '../booking/bookable.ts';
import type { OpenedBy } from './video-page.ts';
import { clockIn, dayIn, zoneName } from './visits-times.ts';
import { visitsWords } from './visits-words.ts';

const MINUTE = 60_000;
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
  /** An instant, from which on times are shown: `2026-11-24T09:00:00.000Z`. */
  from: string | null;
  /** The id of the patient, where it is not who is signed in. */
  patient: string | null;
};

type Free = { slot: string; start: number; zone: string };

/** `more`: whether there are later ones. */
export type Times = { free: readonly Free[]; more: boolean };

/** Times that are free, as the operation tells whoever is signed in. */
export async function freeTimes(opened: OpenedBy, { who, kind, from, patient }: Wanted): Promise<Times> {
  const { deps, request } = opened;
  const now = deps.fhir.now();
  const asked = Date.parse(from ?? '');
  const start = Number.isNaN(asked) ? now : Math.max(now, asked);
  const count = who === null ? LOOKED : MOST;
  const query = new URLSearchParams({
    start: new Date(start).toISOString(),
    end: new Date(start + 60 * DAY).toISOString(),
    _count: String(count),
    ...(who === null ? {} : { provider: who }),
    ...(kind === null ? {} : { 'visit-type': kind }),
    ...(patient === null ? {} : { patient: `Patient/${patient}` }),
  });
  const answer = await sendFor<Bundle<Appointment>>(opened, {
    path: ['Appointment', '$find'],
    query: query.toString(),
  });
  if (!answer.ok) return { free: [], more: false };
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
  const free = [...first.values()].sort((a, b) => a.start - b.start);
  return { free: free.slice(0, MOST), more: all.length === count || free.length > MOST };
}

type Choosing = {
  action: string;
  times: Times;
  /** What the form carries beside the time. */
  carried?: Html;
  /** Where times from an instant on are. */
  later: (from: string) => string;
};

/** Times to choose from, day by day; each is a button of one form. */
export function timesToChoose(opened: OpenedBy, { action, times: { free, more }, carried, later }: Choosing): Html {
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
    ${!more ? '' : html`<p class="after"><a href="${later(new Date(last.start + MINUTE).toISOString())}">${say.later}</a></p>`}`;
}
