import { html } from 'hono/html';
import {
  button,
  buttonLink,
  csrfInput,
  field,
  hidden,
  notice,
  type Problem,
  problemSummary,
  titleWith,
} from '../../pages/form.ts';
import { type Html, layout } from '../../pages/layout.ts';
import { pageAnswer } from '../../pages/page.ts';
import type { Link } from '../account/federation.ts';
import type { Passkey } from '../account/passkeys.ts';
import type { Provider, SmartContext } from '../context.ts';
import { pathIn } from '../developer/visitor.ts';
import type { Answer, SmartRequest } from '../endpoint.ts';
import { SHORTEST } from '../people/passwords.ts';
import { csrfOf, type ListedSession } from '../people/sessions.ts';
import type { Session } from '../people/user.ts';
import { accountWords, type Done, dayInWords } from './account-words.ts';
import { securityWords } from './security-words.ts';
import { sessionList } from './sessions.ts';
import { signInWords } from './sign-in-words.ts';

export type SecurityView = {
  passkeys: { possible: boolean; all: readonly Passkey[] };
  sessions: readonly ListedSession[];
  links: readonly Link[];
  providers: readonly Provider[];
  codesLeft: number;
  /** Where to sign in first, as every change would ask; null: nowhere. */
  signInAgain: string | null;
  done: Done | null;
  problems: readonly Problem[];
};

/** What each part of the page is drawn with. */
type Drawn = SecurityView & { request: SmartRequest; session: Session; csrf: Html; path: (rest: string) => string };

const part = (id: string, title: string, content: Html): Html =>
  html`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>${content}</section>`;

/** A form that is one button. */
const act = ({ csrf, path }: Drawn, to: string, text: string, look: 'quiet' | 'danger', more: Html = html``): Html =>
  html`<form method="post" action="${path(to)}">${csrf}${more}${button(text, { look })}</form>`;

function passwordPart({ request, session, csrf, path, problems }: Drawn): Html {
  const say = securityWords[request.language].password;
  const common = signInWords[request.language];
  if (!session.user.hasPassword) return part('password', say.title, html`<p>${say.none}</p>`);
  const input = (name: string, label: string, autocomplete: string, hint?: string): Html =>
    field({ name, label, type: 'password', autocomplete, longest: 256, required: true, problems, hint });
  const form = html`<form method="post" action="${path('/password')}">
    ${csrf}
    <input type="text" name="username" value="${session.user.username}" autocomplete="username" hidden>
    ${input('current', say.current, 'current-password')}
    ${input('new', common.newPassword, 'new-password', common.newPasswordHint(SHORTEST))}
    ${input('new-again', common.again, 'new-password')}
    ${button(say.change)}
  </form>`;
  return part(
    'password',
    say.title,
    html`<details${problems.length > 0 ? html` open` : ''}><summary>${say.change}</summary><p>${say.about}</p>${form}</details>`,
  );
}

function totpPart(drawn: Drawn): Html {
  const say = securityWords[drawn.request.language].totp;
  const content = drawn.session.user.hasTotp
    ? html`<p>${say.on}</p>${act(drawn, '/totp/remove', say.remove, 'danger')}`
    : html`<p>${say.off}</p><p>${buttonLink(drawn.path('/totp'), say.setUp)}</p>`;
  return part('totp', say.title, content);
}

function codesPart(drawn: Drawn): Html {
  const say = securityWords[drawn.request.language].codes;
  return part('codes', say.title, html`<p>${say.left(drawn.codesLeft)}</p>${act(drawn, '/codes', say.make, 'quiet')}`);
}

function passkeyLine(drawn: Drawn, { id, name, createdAt, lastUsedAt }: Passkey, at: number): Html {
  const { language } = drawn.request;
  const say = securityWords[language].passkeys;
  const used = lastUsedAt === null ? say.unused : say.used(dayInWords(language, lastUsedAt));
  return html`<li>
    <p><strong>${name}</strong><br><span class="quiet">${say.made(dayInWords(language, createdAt))}, ${used}</span></p>
    <details>
      <summary>${say.rename(name)}</summary>
      <form method="post" action="${drawn.path('/passkeys')}">
        ${drawn.csrf}${hidden('id', id)}${hidden('do', 'rename')}
        <div class="field">
          <label for="passkey-${at}">${say.name}</label>
          <input id="passkey-${at}" name="name" value="${name}" maxlength="60" autocomplete="off" required>
        </div>
        ${button(say.save, { look: 'quiet' })}
      </form>
    </details>
    ${act(drawn, '/passkeys', say.remove(name), 'danger', html`${hidden('id', id)}${hidden('do', 'remove')}`)}
  </li>`;
}

function passkeysPart(drawn: Drawn): Html {
  const { possible, all } = drawn.passkeys;
  const say = securityWords[drawn.request.language].passkeys;
  const list =
    all.length === 0
      ? html`<p class="quiet">${say.none}</p>`
      : html`<ul class="rows">${all.map((one, at) => passkeyLine(drawn, one, at))}</ul>`;
  const add = possible
    ? html`<p>${buttonLink(drawn.path('/passkeys/new'), say.add)}</p>`
    : html`<p class="quiet">${say.noPlace}</p>`;
  return part('passkeys', say.title, html`<p>${say.about}</p>${list}${add}`);
}

function linkedPart(drawn: Drawn): Html {
  const { request, providers, links } = drawn;
  if (providers.length === 0) return html``;
  const { language, place } = request;
  const say = accountWords[language].linked;
  const lines = providers.map(({ id, name }) => {
    const link = links.find(({ provider }) => provider === id);
    const start = `${pathIn(place, `/account/federation/${id}/start`)}?link=1`;
    return html`<li>
      <p><strong>${name}</strong>${link ? html` <span class="quiet">${say.since(dayInWords(language, link.linkedAt))}</span>` : ''}</p>
      ${link ? act(drawn, '/unlink', say.unlink(name), 'danger', hidden('provider', id)) : html`<p>${buttonLink(start, say.link(name))}</p>`}
    </li>`;
  });
  return part('linked', say.title, html`<p>${say.about}</p><ul class="rows">${lines}</ul>`);
}

function sessionsPart({ request, session, csrf, path, sessions }: Drawn): Html {
  const say = accountWords[request.language].sessions;
  const list = sessionList(request.language, path('/sessions'), csrf, sessions, session.id);
  return part('sessions', say.title, html`<p>${say.about}</p>${list}`);
}

/** How somebody signs in, what guards that, and where they are signed in now. */
export function securityPage(
  context: SmartContext,
  request: SmartRequest,
  session: Session,
  view: SecurityView,
): Promise<Answer> {
  const { language, place } = request;
  const say = accountWords[language];
  const { token, cookies } = csrfOf(context, request);
  const path = (rest: string): string => pathIn(place, `/account/security${rest}`);
  const drawn: Drawn = { ...view, request, session, csrf: csrfInput(token), path };
  const { title } = say.security;
  const content = html`<div class="sheet wide">
    <h1>${title}</h1>
    ${problemSummary(language, view.problems)}
    ${view.done === null ? '' : notice(say.done[view.done], 'good')}
    ${
      view.signInAgain === null
        ? ''
        : notice(html`<p>${say.staleNotice}</p><p><a href="${view.signInAgain}">${say.signInAgain}</a></p>`)
    }
    ${passwordPart(drawn)}
    ${passkeysPart(drawn)}
    ${totpPart(drawn)}
    ${codesPart(drawn)}
    ${linkedPart(drawn)}
    ${sessionsPart(drawn)}
    <p class="after"><a href="${pathIn(place, '/account')}">${say.back}</a></p>
  </div>`;
  const page = layout({ language, title: titleWith(language, title, view.problems), content });
  return pageAnswer(page, { cookies, status: view.problems.length === 0 ? 200 : 400 });
}
