import { readVirtualService } from '../../fhir/virtual-service.ts';
import { rootOf } from '../booking/answer.ts';
import { calendarFile } from '../booking/calendar-file.ts';
import type { VideoPage } from './video-page.ts';
import { isReply, opensOf } from './visits-shown.ts';
import { visitsWords } from './visits-words.ts';

/** A visit as a file for calendars. */
export const visitsFilePage: VideoPage = {
  method: 'GET',
  path: '/visits/:id/visit.ics',
  whom: 'visitor',
  async run(opened) {
    const { deps, request, cookies } = opened;
    const shown = await opensOf(opened);
    if (isReply(shown)) return shown;
    const { appointment, day, time } = shown;
    const say = visitsWords[request.language];
    const body = calendarFile(appointment, {
      origin: rootOf(deps.fhir, request.tenant),
      address: readVirtualService(appointment)?.address ?? null,
      words: { video: say.video, visit: say.visit, description: say.calendar.description(`${day}, ${time}`) },
      now: deps.fhir.now(),
    });
    return {
      status: 200,
      headers: {
        'Content-Type': 'text/calendar; charset=utf-8',
        'Content-Disposition': 'attachment; filename="visit.ics"',
        'Cache-Control': 'no-store',
        'X-Content-Type-Options': 'nosniff',
        'Referrer-Policy': 'no-referrer',
      },
      body,
      cookies,
    };
  },
};
