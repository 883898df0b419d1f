import type { End } from '../room-state.ts';
import { button, h } from './dom.ts';
import { endWords } from './end-words.ts';
import type { Of } from './page-of.ts';
import { phoneLine } from './phone-line.ts';
import { dayAndClock, lasting } from './times.ts';

/** What can be come back from. */
const comesBack: ReadonlySet<End['why']> = new Set(['left', 'closed', 'refused', 'replaced']);

/**
 * What is shown when one is not in the visit any more, or could not come in: why, and what one does next.
 *
 * @param lasted ms that one was in it; 0: not at all
 */
export function endView({ page, announce }: Of, end: End, lasted: number, again: () => void): HTMLElement {
  const words = endWords[page.language];
  const { title, text } = end.from === undefined ? words.ends[end.why] : words.early;
  const more = end.from === undefined ? (end.text ?? '') : dayAndClock(page.language, end.from);
  const why = [text, more, lasted > 60_000 && end.why === 'finished' ? words.lasted(lasting(lasted)) : '']
    .filter(Boolean)
    .join(' ');
  const back = end.why === 'replaced' ? words.here : end.why === 'refused' ? words.again : words.back;
  const visits = h('a', { class: 'button quiet', text: words.visits, attributes: { href: `${page.root}/visits` } });
  const seen = h('a', { text: words.seen, attributes: { href: `${page.root}/privacy/seen` } });
  const heading = h('h1', { text: title, attributes: { tabindex: -1 } });
  announce(title);
  return h(
    'div',
    { class: 'sheet over' },
    heading,
    h('p', { class: 'lead', text: why }),
    comesBack.has(end.why) ? h('p', {}, button(back, again)) : null,
    phoneLine(page, words.phone),
    ...(page.as === 'guest'
      ? []
      : [
          h('h2', { text: words.next }),
          h('p', { class: 'row' }, visits),
          page.as === 'patient' ? h('p', {}, seen) : null,
        ]),
  );
}
