import type { PanelName } from './controls.ts';
import { fill, h, say, show } from './dom.ts';
import { icon } from './icons.ts';
import { roomWords } from './room-words.ts';

/** What stands beside the pictures, or over them on a phone: one part at a time. */
export function panel(language: 'en' | 'fr', parts: Readonly<Record<PanelName, HTMLElement>>, changed: () => void) {
  const words = roomWords[language];
  let opened: PanelName | null = null;
  let from: Element | null = null;
  const title = h('h2', { attributes: { tabindex: -1, id: 'panel-title' } });
  const inside = h('div', { class: 'panel-in' });
  const shut = h(
    'button',
    { class: 'shut', attributes: { type: 'button', 'aria-label': words.close }, on: { click: () => close() } },
    icon('close'),
  );
  const node = h(
    'aside',
    { class: 'panel', attributes: { hidden: true, 'aria-labelledby': 'panel-title' } },
    h('header', {}, title, shut),
    inside,
  );

  function close(): void {
    opened = null;
    show(node, false);
    changed();
    // Who came by the keyboard goes on where they were.
    if (from instanceof HTMLElement) from.focus();
  }

  node.addEventListener('keydown', ({ key }) => key === 'Escape' && close());
  return {
    node,
    get opened() {
      return opened;
    },
    close,
    toggle(name: PanelName): void {
      if (opened === name) {
        close();
        return;
      }
      from = document.activeElement?.closest('.panel') ? from : document.activeElement;
      opened = name;
      say(title, words[name]);
      fill(inside, [parts[name]]);
      inside.scrollTop = 0;
      show(node, true);
      changed();
      title.focus();
    },
  };
}
