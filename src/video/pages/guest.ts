import { html } from 'hono/html';

import { invalid, notFound, type Result } from '../../fhir/outcome.ts';
import type { Reply } from '../../privacy/pages/visit.ts';
import { exchangeCode, guestJoin } from '../people/guest.ts';
import { guestOf } from '../people/invites.ts';
import { joinedText } from '../people/join.ts';
import { agree } from '../recording/agree.ts';
import { clientPath } from './client.ts';
import { fhirHeaders, jsonOf, outcomeReply } from './do.ts';
import { guestWords } from './guest-words.ts';
import { shell } from './shell.ts';
import type { Opened, VideoPage } from './video-page.ts';

/** How the browser of a guest is known again; no script can read it, and it goes to nobody but these pages. */
const guestCookie = 'portico_guest';

/** s. A visit with its overtime is over long before. */
const LIFE = 24 * 3600;

const secretOf = ({ request }: Opened): string => request.cookie(guestCookie) ?? '';

function cookieOf({ deps, request }: Opened, secret: string): string {
  const secure = deps.fhir.settings.baseOf(request.tenant).startsWith('https:') ? '; Secure' : '';
  return `${guestCookie}=${secret}; Path=${request.root}/video/guest; Max-Age=${LIFE}; HttpOnly; SameSite=Strict${secure}`;
}

const emptyText = JSON.stringify({ resourceType: 'Parameters' });

const reply = ({ cookies }: Opened, body: string, more: readonly string[] = []): Reply => ({
  status: 200,
  headers: fhirHeaders,
  body,
  cookies: [...cookies, ...more],
});

function refused(opened: Opened, result: Result<unknown>): Reply {
  if (result.ok) throw new Error('it was not refused');
  return outcomeReply(result.status, result.issues, opened.cookies);
}

/** The page behind an invitation. What stands behind `#` of its address never comes here by opening it. */
async function page(opened: Opened): Promise<Reply> {
  const { deps, request, csrf } = opened;
  const { language, root } = request;
  const title = guestWords[language].title;
  return shell(opened, {
    title,
    known: secretOf(opened) !== '',
    above: html`<h1>${title}</h1>`,
    page: {
      language,
      as: 'guest',
      csrf,
      root,
      self: '',
      appointment: null,
      withWhom: '',
      birthDate: null,
      patient: null,
      startsAt: null,
      opensAt: null,
      now: new Date(deps.fhir.now()).toISOString(),
      phone: null,
      livekit: clientPath('livekit-client'),
      devices: [],
    },
  });
}

/** Uses an invitation up, `{code, csrf}`: from now on this browser is the guest's. */
async function enter(opened: Opened): Promise<Reply> {
  const { deps, request } = opened;
  const sent = jsonOf(request);
  if (!sent.ok) return refused(opened, sent);
  const { code } = sent.value;
  if (typeof code !== 'string') return refused(opened, invalid('code is missing', 'code'));
  const guest = await exchangeCode(deps.fhir, request.tenant, code, request.address);
  return guest.ok ? reply(opened, emptyText, [cookieOf(opened, guest.value.secret)]) : refused(opened, guest);
}

/** A way in, as $video-join gives one to those who have an account. */
async function join(opened: Opened): Promise<Reply> {
  const { deps, request } = opened;
  const secret = secretOf(opened);
  if (secret === '') return refused(opened, notFound('This invitation is not known, was used, or has ended'));
  const joined = await guestJoin(deps.fhir, request.tenant, secret, request.address, deps.providers);
  return joined.ok ? reply(opened, joinedText(joined.value)) : refused(opened, joined);
}

/** Whether a guest agrees to be recorded, `{given, csrf}`. */
async function consent(opened: Opened): Promise<Reply> {
  const { deps, request } = opened;
  const sent = jsonOf(request);
  if (!sent.ok) return refused(opened, sent);
  if (typeof sent.value.given !== 'boolean') return refused(opened, invalid('It must be true or false', 'given'));
  const guest = await guestOf(deps.fhir, request.tenant, secretOf(opened));
  if (!guest.ok) return refused(opened, guest);
  const { visit, participant } = guest.value;
  const agreed = await agree(deps.fhir, visit, participant.id, sent.value.given, deps.providers);
  return agreed.ok ? reply(opened, emptyText) : refused(opened, agreed);
}

const post = (path: string, run: (opened: Opened) => Promise<Reply>): VideoPage => ({
  method: 'POST',
  path,
  whom: 'anybody',
  forScripts: true,
  run,
});

/** Those who come by an invitation, without an account here. */
export const guestPages: readonly VideoPage[] = [
  { method: 'GET', path: '/video/guest', whom: 'anybody', run: page },
  post('/video/guest/enter', enter),
  post('/video/guest/join', join),
  post('/video/guest/consent', consent),
];
