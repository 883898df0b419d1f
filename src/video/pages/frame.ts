import { html } from 'hono/html';

import { type Html, layout } from '../../pages/layout.ts';
import { pageAnswer } from '../../pages/page.ts';
import { pathIn } from '../../privacy/pages/links.ts';
import type { Reply } from '../../privacy/pages/visit.ts';
import { frameWords } from './frame-words.ts';
import { videoStylesPath } from './styles.ts';
import type { Opened } from './video-page.ts';

type Framed = {
  title: string;
  content: Html;
  status?: number;
  /** Paths of modules. */
  scripts?: readonly string[];
  /** Whether what is open here may use camera and microphone. */
  media?: boolean;
};

/** Where pages connect to: this server, by its WebSockets as well, which Safari does not count to 'self'. */
function connectSources({ deps, request }: Opened): string {
  const { protocol, host } = new URL(deps.fhir.settings.baseOf(request.tenant));
  const media = [...deps.providers.values()].flatMap(({ connects = [] }) => connects);
  return ["'self'", `${protocol === 'https:' ? 'wss' : 'ws'}://${host}`, ...media].join(' ');
}

/** https://www.w3.org/TR/permissions-policy/ */
const permissions = (media: boolean): string =>
  ['camera', 'microphone', 'display-capture', 'screen-wake-lock', 'speaker-selection']
    .map((one) => `${one}=(${media ? 'self' : ''})`)
    .concat('geolocation=()', 'payment=()', 'usb=()')
    .join(', ');

const policyOf = (opened: Opened, { scripts = [], media = false }: Framed): string =>
  [
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self' data:",
    ...(scripts.length > 0 ? ["script-src 'self'", `connect-src ${connectSources(opened)}`] : []),
    ...(media ? ["media-src 'self' blob: mediastream:"] : []),
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');

/** A page about visits, with what surrounds all pages. */
export function videoPage(opened: Opened, framed: Framed): Promise<Reply> {
  const { request, cookies } = opened;
  const { title, content, status = 200, scripts = [], media = false } = framed;
  const query = new URLSearchParams(request.query);
  query.delete('done');
  return pageAnswer(
    layout({
      language: request.language,
      title: `${title} · Portico`,
      content,
      query,
      styles: [videoStylesPath],
      scripts,
    }),
    {
      status,
      cookies,
      headers: { 'Content-Security-Policy': policyOf(opened, framed), 'Permissions-Policy': permissions(media) },
    },
  );
}

/** Why one cannot go on, and where to go instead. */
export function deadEnd(
  opened: Opened,
  { title, text }: { title: string; text: string },
  status: number,
): Promise<Reply> {
  const { request } = opened;
  const say = frameWords[request.language];
  return videoPage(opened, {
    title,
    status,
    content: html`<div class="sheet">
      <h1>${title}</h1>
      <p>${text}</p>
      <p class="after"><a class="button" href="${pathIn(request, '/visits')}">${say.visits}</a></p>
      <p><a href="${pathIn(request, '/account')}">${say.account}</a></p>
    </div>`,
  });
}
