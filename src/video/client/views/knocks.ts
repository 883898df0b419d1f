import type { Peer } from '../../signalling/messages.ts';
import type { RoomState } from '../room-state.ts';
import { button, fill, h, say, show } from './dom.ts';
import { hostWords } from './host-words.ts';
import { icon } from './icons.ts';
import type { Of } from './page-of.ts';
import { roomWords } from './room-words.ts';
import { initials } from './tiles.ts';
import { ageOf, dayOfBirth } from './times.ts';

/** What is shown of somebody who waits, and kept as what was confirmed: name, birth date, role. */
export const shownOf = ({ name, birthDate, role }: Peer): string => [name, birthDate, role].filter(Boolean).join(', ');

/** Whether they are whom the Appointment is for, as far as can be told: their own account, the same birth date. */
const isBooked = ({ page }: Of, { role, birthDate }: Peer): boolean =>
  role === 'patient' && (page.birthDate === null || birthDate === page.birthDate);

function trust(of: Of, peer: Peer): { look: string; text: string } {
  const words = hostWords[of.page.language];
  if (isBooked(of, peer)) return { look: 'good', text: words.asBooked };
  if (peer.role === 'patient') return { look: 'bad', text: words.notBooked };
  if (peer.role === 'interpreter' || peer.role === 'guest') return { look: 'bad', text: words.byLink };
  return { look: 'plain', text: words.signedIn };
}

/** Who waits, so that the right person is let in: who they are stands beside what one presses. */
function cardOf(of: Of, peer: Peer): HTMLElement {
  const { page, server, announce } = of;
  const words = hostWords[page.language];
  const { look, text } = trust(of, peer);
  const problem = h('p', { class: 'problem', attributes: { role: 'alert', hidden: true } });
  async function decide(action: 'admit' | 'deny'): Promise<void> {
    for (const one of [admit, deny]) one.disabled = true;
    const answer = await server
      .operate('video-admit', [
        { name: 'participant', valueString: peer.id },
        { name: 'action', valueCode: action },
        { name: 'confirmed', valueString: shownOf(peer) },
      ])
      .catch(() => null);
    if (answer?.ok) return;
    for (const one of [admit, deny]) one.disabled = false;
    say(problem, answer?.text || words.failed);
    show(problem, true);
    announce(problem.textContent ?? '');
  }
  const admit = button(words.admit(peer.name), () => void decide('admit'));
  const deny = button(words.deny, () => void decide('deny'), 'quiet');
  const born =
    peer.birthDate === undefined ? null : words.born(dayOfBirth(page.language, peer.birthDate), ageOf(peer.birthDate));
  return h(
    'section',
    { class: `knock ${look}`, attributes: { 'aria-label': `${peer.name} ${words.waits}` } },
    h('span', { class: 'face', text: initials(peer.name), attributes: { 'aria-hidden': 'true' } }),
    h(
      'div',
      { class: 'knock-who' },
      h('h2', {}, peer.name, h('span', { class: 'tag', text: roomWords[page.language].roles[peer.role] })),
      born === null ? null : h('p', { class: 'born', text: born }),
      h('p', { class: `trust ${look}` }, icon(look === 'bad' ? 'bad' : 'good'), text),
    ),
    h('p', { class: 'knock-do' }, admit, deny),
    problem,
  );
}

/** Cards of those who wait, before the eyes of who treats. */
export function knocks(of: Of) {
  const known = new Map<string, { card: HTMLElement; of: string }>();
  const node = h('div', { class: 'knocks' });
  return {
    node,
    draw(state: RoomState): void {
      const here = state.waiting.filter(({ present }) => present);
      for (const id of [...known.keys()].filter((one) => !here.some((peer) => peer.id === one))) known.delete(id);
      for (const peer of here) {
        if (known.get(peer.id)?.of !== shownOf(peer)) known.set(peer.id, { card: cardOf(of, peer), of: shownOf(peer) });
      }
      fill(
        node,
        [...known.values()].map(({ card }) => card),
      );
      show(node, here.length > 0);
    },
  };
}
