import { h, say, setAttribute } from './dom.ts';
import { type IconName, icon, setIcon } from './icons.ts';

export type CheckState = 'wait' | 'good' | 'bad';

/** One thing that is looked at before a visit, and how it is. */
export function checkRow(name: IconName, title: string) {
  const mark = icon(name);
  const text = h('span', { class: 'found', attributes: { role: 'status' } });
  const more = h('div', { class: 'with' });
  const node = h('li', { class: 'check wait' }, mark, h('div', {}, h('b', { text: title }), text), more);
  return {
    node,
    /** What one can do or see of it. */
    more,
    say(state: CheckState, found: string): void {
      setAttribute(node, 'class', `check ${state}`);
      setIcon(mark, state === 'wait' ? name : state);
      say(text, found);
    },
  };
}
