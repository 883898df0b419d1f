import type { Room } from '../room.ts';
import type { RoomState } from '../room-state.ts';
import { h, say, show } from './dom.ts';
import type { Of } from './page-of.ts';
import { clock } from './times.ts';

type Words = {
  said: string;
  kept: string;
  notKept: string;
  write: string;
  send: string;
  none: string;
  failed: string;
  you: string;
};

export const chatWords: Readonly<Record<'en' | 'fr', Words>> = {
  en: {
    said: 'What was written',
    kept: 'What is written here is kept in the record of the patient.',
    notKept: 'What is written here is gone when the visit is over.',
    write: 'Write to everybody in the visit',
    send: 'Send',
    none: 'Nobody has written anything yet.',
    failed: 'It was not sent: the line is down. Try again in a moment.',
    you: 'You',
  },
  fr: {
    said: 'Ce qui a été écrit',
    kept: 'Ce qui est écrit ici est gardé dans le dossier du patient.',
    notKept: 'Ce qui est écrit ici disparaît à la fin de la visite.',
    write: 'Écrire à toutes les personnes présentes',
    send: 'Envoyer',
    none: 'Personne n’a encore rien écrit.',
    failed: 'Rien n’a été envoyé : la ligne est coupée. Réessayez dans un instant.',
    you: 'Vous',
  },
};

/** What is written in a visit, as text and nothing else. */
export function chat({ page }: Of, room: Room) {
  const words = chatWords[page.language];
  const kept = h('p', { class: 'quiet small-text' });
  const none = h('p', { class: 'quiet', text: words.none });
  const list = h('ol');
  // What scrolls is reached by the keyboard; what comes is read aloud by the page itself.
  const lines = h(
    'div',
    { class: 'lines', attributes: { tabindex: 0, role: 'region', 'aria-label': words.said } },
    list,
  );
  const input = h('textarea', { attributes: { id: 'chat-text', rows: 2, maxlength: 2000 } });
  const problem = h('p', { class: 'problem', text: words.failed, attributes: { role: 'alert', hidden: true } });
  const send = (): void => {
    if (input.value.trim() === '') return;
    const sent = room.say(input.value);
    show(problem, !sent);
    if (sent) input.value = '';
    input.focus();
  };
  input.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send();
  });
  const form = h(
    'form',
    {
      class: 'write',
      on: {
        submit(event) {
          event.preventDefault();
          send();
        },
      },
    },
    h('label', { text: words.write, attributes: { for: 'chat-text' } }),
    problem,
    input,
    h('button', { class: 'button', text: words.send, attributes: { type: 'submit' } }),
  );
  let shown = 0;
  return {
    node: h('div', { class: 'chat' }, kept, none, lines, form),
    input,
    draw({ chat: all, visit }: RoomState): void {
      say(kept, visit === null ? '' : visit.chatKept ? words.kept : words.notKept);
      show(none, all.length === 0);
      show(lines, all.length > 0);
      for (const { name, text, sent, mine } of all.slice(shown)) {
        const head = h(
          'span',
          { class: 'chat-who' },
          h('b', { text: mine ? words.you : name }),
          ` ${clock(page.language, sent)}`,
        );
        list.append(h('li', { class: mine ? 'mine' : '' }, head, h('p', { text })));
        lines.scrollTop = lines.scrollHeight;
      }
      shown = all.length;
    },
  };
}
