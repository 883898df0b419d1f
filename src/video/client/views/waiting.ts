import type { RoomState } from '../room-state.ts';
import { button, h, play, say, show, videoOf } from './dom.ts';
import { every, type Of, type View } from './page-of.ts';
import { phoneLine } from './phone-line.ts';
import { clock, fromNow, now } from './times.ts';
import { waitingWords } from './waiting-words.ts';

const MINUTE = 60_000;

/** What somebody can do who waits: it says that they are ready, and nothing of it is kept but that. */
function preparing({ page, server, announce }: Of): HTMLElement {
  const words = waitingWords[page.language];
  const thanks = h('p', { class: 'notice good', text: words.isReady, attributes: { hidden: true } });
  const boxes = words.prepareItems.map((item) => {
    const input = h('input', { attributes: { type: 'checkbox' } });
    return h('label', { class: 'box' }, input, h('span', { text: item }));
  });
  const ready = button(
    words.ready,
    async () => {
      ready.disabled = true;
      const answer = await server.operate('video-join', [{ name: 'prepared', valueBoolean: true }]).catch(() => null);
      ready.disabled = false;
      if (!answer?.ok) return;
      show(thanks, true);
      show(form, false);
      announce(words.isReady);
    },
    'quiet',
  );
  const form = h('div', {}, ...boxes, ready);
  return h('section', { class: 'card' }, h('h2', { text: words.prepare }), form, thanks);
}

/** The waiting room. */
export function waitingView(of: Of, leave: () => void): View & { draw(state: RoomState): void } {
  const { page } = of;
  const words = waitingWords[page.language];
  const name = page.withWhom || words.whoTreats;
  const title = h('h2', { class: 'state', text: words.connecting, attributes: { tabindex: -1 } });
  const when = h('p', { class: 'lead' });
  const own = videoOf('own', true);
  const picture = h('figure', { class: 'preview' }, own);
  const told = h('p', { text: words.told(name) });
  const next = h('p', {}, h('b', { text: words.next }));
  const inside = h(
    'div',
    { attributes: { hidden: true } },
    told,
    next,
    when,
    h('p', { class: 'quiet', text: words.soon }),
  );
  const line = h('p', { class: 'notice bad', attributes: { hidden: true, role: 'status' } });

  const end = every(5000, () => {
    if (page.startsAt === null) return;
    const until = Date.parse(page.startsAt) - now();
    const minutes = Math.floor(-until / MINUTE);
    say(
      when,
      until > MINUTE / 2
        ? words.before(clock(page.language, page.startsAt), fromNow(page.language, until))
        : words.late(name, minutes),
    );
  });

  const isPatient = page.as === 'patient' || page.as === 'helper';
  return {
    node: h(
      'div',
      { class: 'lobby waiting' },
      h('div', { class: 'look' }, picture, isPatient ? preparing(of) : null),
      h(
        'div',
        { class: 'beside-look' },
        title,
        line,
        inside,
        h('h3', { text: words.what }),
        h('ol', { class: 'steps-short' }, ...words.steps(name).map((step) => h('li', { text: step }))),
        phoneLine(page, words.phone, words.helpText),
        button(words.leave, leave, 'quiet'),
      ),
    ),
    draw(state) {
      const isIn = state.phase === 'waiting';
      if (isIn && inside.hidden) {
        say(title, words.title);
        title.focus();
      }
      show(inside, isIn);
      play(own, state.localStream);
      show(picture, state.localStream?.getVideoTracks().length !== 0);
      show(line, isIn && state.line !== 'ok');
      say(line, state.line === 'ok' ? '' : words.connecting);
    },
    close: end,
  };
}
