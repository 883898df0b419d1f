import { button, h } from './dom.ts';
import type { Of } from './page-of.ts';
import type { guestServerOf } from './server.ts';

export type GuestServer = ReturnType<typeof guestServerOf>;

type Words = { title: string; lead: string; open: string; bad: string; badText: string; failed: string };

const guestWords: Readonly<Record<'en' | 'fr', Words>> = {
  en: {
    title: 'You are invited to a visit by video',
    lead: 'This link works once, in this browser. Who treats in the visit will see your name and let you in.',
    open: 'Open the invitation',
    bad: 'This invitation does not work',
    badText:
      'It may have been used already, taken back, or have ended with the visit. Ask whoever sent it for a new one.',
    failed: 'We could not be reached. Please try again.',
  },
  fr: {
    title: 'Vous êtes invité à une visite vidéo',
    lead: 'Ce lien sert une fois, dans ce navigateur. La personne qui soigne verra votre nom et vous fera entrer.',
    open: 'Ouvrir l’invitation',
    bad: 'Cette invitation ne fonctionne pas',
    badText:
      'Elle a peut-être déjà servi, été annulée, ou pris fin avec la visite. Demandez-en une nouvelle à qui l’a envoyée.',
    failed: 'Nous n’avons pas pu être joints. Veuillez réessayer.',
  },
};

/** What stands behind `#` is sent to no server by itself; it is taken off the address before anybody can see it over a shoulder. */
function takeCode(): string {
  const code = location.hash.slice(1);
  if (code !== '') history.replaceState(null, '', location.pathname + location.search);
  return code;
}

/**
 * A guest presses a button before their invitation is used up, for programs that follow links press none; who was here before
 * comes back by what this browser was given.
 */
export function guestDoor(
  place: HTMLElement,
  { page, server, announce }: Of & { server: GuestServer },
  enter: () => void,
): void {
  const words = guestWords[page.language];
  const code = takeCode();
  const problem = h('p', { class: 'problem', attributes: { role: 'alert' } });

  function bad(): void {
    place.replaceChildren(h('h1', { text: words.bad, attributes: { tabindex: -1 } }), h('p', { text: words.badText }));
    place.querySelector('h1')?.focus();
    announce(words.bad);
  }

  async function open(): Promise<void> {
    go.disabled = true;
    const answer = await server.enter(code).catch(() => null);
    go.disabled = false;
    if (answer === null) {
      problem.textContent = words.failed;
      return;
    }
    if (!answer.ok) return bad();
    ready();
  }

  function ready(): void {
    place.replaceChildren(h('h1', { text: words.title }));
    enter();
  }

  const go = button(words.open, () => void open());
  if (code === '') {
    if (place.dataset.known === 'yes') ready();
    else bad();
    return;
  }
  place.replaceChildren(h('h1', { text: words.title }), h('p', { class: 'lead', text: words.lead }), problem, go);
}
