import { button, h } from './dom.ts';

type Choice = { text: string; look?: string; do?: () => void };

/**
 * Asks something that stops everything else; Escape is the last choice, which changes nothing.
 *
 * @param choices the first has the focus
 */
export function askFor({
  title,
  text,
  choices,
  more = [],
}: {
  title: string;
  text: string;
  choices: readonly Choice[];
  more?: readonly Node[];
}): HTMLDialogElement {
  const dialog = h(
    'dialog',
    { class: 'ask', attributes: { 'aria-labelledby': 'ask-title' }, on: { close: () => dialog.remove() } },
    h('h2', { text: title, attributes: { id: 'ask-title' } }),
    h('p', { text }),
    ...more,
    h(
      'p',
      { class: 'choices-row' },
      ...choices.map(({ text: label, look, do: run }) =>
        button(
          label,
          () => {
            dialog.close();
            run?.();
          },
          look,
        ),
      ),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}
