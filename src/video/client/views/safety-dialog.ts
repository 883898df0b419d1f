import type { RoomState } from '../room-state.ts';
import { askFor } from './dialog.ts';
import { h } from './dom.ts';
import { moreWords } from './more-words.ts';
import type { Of } from './page-of.ts';

/** The six digits that both read aloud, and what they are good for. */
export function showSafety({ page }: Of, { peers }: RoomState, id: string): void {
  const words = moreWords[page.language];
  const peer = peers.find((one) => one.id === id);
  if (peer === undefined) return;
  const close = { text: words.understood };
  if (peer.safety.state === 'mismatch') {
    askFor({ title: words.safetyBad, text: words.safetyBadText, choices: [close] });
    return;
  }
  const code = peer.safety.state === 'ready' ? peer.safety.code : '…';
  const digits = h('p', { class: 'code', text: code });
  askFor({
    title: words.safety,
    text: words.safetyText,
    choices: [close],
    more: [h('p', { text: words.codeWith(peer.name) }), digits],
  });
}
