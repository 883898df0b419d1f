import { checkNetwork } from '../device-check.ts';
import { checkRow } from './check-row.ts';
import { checkWords } from './check-words.ts';
import { button, h, say, setAttribute, show } from './dom.ts';
import { every, type Of, type View } from './page-of.ts';
import { preview } from './preview.ts';
import { clock, fromNow, now } from './times.ts';

/** What the server can take as a telephone number. */
const telephone = /^\+?[0-9 ()./-]{3,30}$/;

function callbackField(language: Of['page']['language']) {
  const words = checkWords[language];
  const problem = h('p', {
    class: 'problem',
    text: words.callbackWrong,
    attributes: { id: 'callback-problem', hidden: true },
  });
  const input = h('input', {
    attributes: {
      id: 'callback',
      type: 'tel',
      autocomplete: 'tel',
      maxlength: 30,
      'aria-describedby': 'callback-hint',
    },
  });
  const node = h(
    'div',
    { class: 'field' },
    h('label', { text: words.callback, attributes: { for: 'callback' } }),
    h('p', { class: 'hint', text: words.callbackHint, attributes: { id: 'callback-hint' } }),
    problem,
    input,
  );
  return {
    node,
    /** null: nothing was written; false: it is none. */
    read(): string | null | false {
      const written = input.value.trim();
      const good = written === '' || telephone.test(written);
      show(problem, !good);
      setAttribute(node, 'class', good ? 'field' : 'field wrong');
      setAttribute(input, 'aria-invalid', !good);
      setAttribute(input, 'aria-describedby', good ? 'callback-hint' : 'callback-hint callback-problem');
      if (!good) input.focus();
      return good ? written || null : false;
    },
  };
}

/** The look at one's devices before a visit. @param enter told when one goes on, with what was opened */
export function checkView(of: Of, enter: (stream: MediaStream | null) => void): View {
  const { page, server, announce } = of;
  const words = checkWords[page.language];
  let can = false;
  const network = checkRow('network', words.network);
  network.say('wait', words.checking);

  const opens = h('p', { class: 'opens', attributes: { hidden: true } });
  const patient = page.as === 'patient' || page.as === 'helper';
  const callback = patient ? callbackField(page.language) : null;
  const go = button(page.as === 'host' ? words.enterVisit : words.enterWait, proceed);
  go.disabled = true;
  const look = preview(of, (settled) => {
    can = settled;
    tick();
  });

  function proceed(): void {
    const number = callback?.read() ?? null;
    if (number === false) return;
    server.callback = number;
    enter(look.take());
  }

  const isOpen = (): boolean => page.opensAt === null || now() >= Date.parse(page.opensAt);
  let wasOpen = isOpen();

  function tick(): void {
    const open = isOpen();
    show(opens, !open);
    if (!open && page.opensAt !== null) {
      const at = Date.parse(page.opensAt);
      say(
        opens,
        `${words.opens(clock(page.language, page.opensAt), fromNow(page.language, at - now()))} ${words.opensLater}`,
      );
    }
    if (open && !wasOpen) announce(words.openNow);
    wasOpen = open;
    go.disabled = !can || !open;
  }

  void checkNetwork('/livez').then(({ quality, webrtc }) => {
    if (!webrtc) network.say('bad', words.noWebrtc);
    else network.say(quality === 'good' || quality === 'fair' ? 'good' : 'bad', words.networks[quality]);
  });

  const end = every(1000, tick);
  return {
    node: h(
      'div',
      { class: 'lobby' },
      opens,
      look.node,
      h(
        'div',
        { class: 'beside-look' },
        h('p', { text: words.lead }),
        h('ul', { class: 'checks' }, network.node),
        callback?.node ?? null,
      ),
      h('p', { class: 'go' }, go),
    ),
    close() {
      end();
      look.close();
    },
  };
}
