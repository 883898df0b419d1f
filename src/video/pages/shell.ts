import { html } from 'hono/html';

import type { Html } from '../../pages/layout.ts';
import type { Reply } from '../../privacy/pages/visit.ts';
import { clientPath } from './client.ts';
import { videoPage } from './frame.ts';
import { frameWords } from './frame-words.ts';
import type { Opened } from './video-page.ts';
import type { VisitPage } from './visit-page.ts';

/** The script that the pages of a visit run. */
const app = 'views/main';

/** A page that its script fills: device check, waiting room, visit. */
export function shell(
  opened: Opened,
  {
    title,
    page,
    above = html``,
    known = false,
  }: {
    title: string;
    page: VisitPage;
    above?: Html;
    /** Whether a guest has been here before. */
    known?: boolean;
  },
): Promise<Reply> {
  const say = frameWords[opened.request.language];
  return videoPage(opened, {
    title,
    media: true,
    scripts: [clientPath(app), clientPath('views/local-times')],
    content: html`<div class="video" id="video" data-visit="${JSON.stringify(page)}"${known ? html` data-known="yes"` : ''}>
      ${above}
      <noscript><p class="notice bad">${say.noScript}</p></noscript>
    </div>`,
  });
}
