import type { Peer } from '../../signalling/messages.ts';
import type { RoomState } from '../room-state.ts';
import { askFor } from './dialog.ts';
import { button, h, say, show } from './dom.ts';
import { hostWords } from './host-words.ts';
import { inviting } from './invite.ts';
import { shownOf } from './knocks.ts';
import type { Of } from './page-of.ts';
import { roomWords } from './room-words.ts';

/** Who is in the visit and who waits, and for those who treat what they can do about it. */
export function people(of: Of) {
  const { page, server } = of;
  const words = hostWords[page.language];
  const { roles } = roomWords[page.language];
  const isHost = page.as === 'host';
  const inside = h('ul', { class: 'people' });
  const outside = h('ul', { class: 'people' });
  const nobody = h('p', { class: 'quiet', text: words.nobodyWaits });
  const problem = h('p', { class: 'problem', attributes: { role: 'alert', hidden: true } });

  async function decide(peer: Peer, action: string): Promise<void> {
    const answer = await server
      .operate('video-admit', [
        { name: 'participant', valueString: peer.id },
        { name: 'action', valueCode: action },
        ...(action === 'admit' ? [{ name: 'confirmed', valueString: shownOf(peer) }] : []),
      ])
      .catch(() => null);
    say(problem, answer?.ok ? '' : answer?.text || words.failed);
    show(problem, !answer?.ok);
  }

  const remove = (peer: Peer): void =>
    void askFor({
      title: words.removeSure(peer.name),
      text: words.removeText,
      choices: [
        { text: words.cancel, look: 'quiet' },
        { text: words.remove, look: 'danger', do: () => void decide(peer, 'remove') },
      ],
    });

  function line(peer: Peer, own: boolean): HTMLElement {
    const held = peer.state === 'held';
    const role = `${roles[peer.role]}${own ? ` (${words.you})` : ''}${held ? ` · ${words.onHold}` : ''}`;
    const can = isHost && !own && peer.role !== 'host';
    const deeds = !can
      ? []
      : peer.state === 'waiting'
        ? [
            button(words.admit(peer.name), () => void decide(peer, 'admit'), 'main small'),
            button(words.deny, () => void decide(peer, 'deny'), 'quiet small'),
          ]
        : [
            button(held ? words.resume : words.hold, () => void decide(peer, held ? 'resume' : 'hold'), 'quiet small'),
            button(words.remove, () => remove(peer), 'danger small'),
          ];
    return h(
      'li',
      {},
      h('div', {}, h('b', { text: peer.name }), h('span', { class: 'quiet', text: role })),
      h('p', { class: 'row' }, ...deeds),
    );
  }

  let drawn = '';
  return {
    node: h(
      'div',
      {},
      h('h3', { text: words.inVisit }),
      problem,
      inside,
      ...(isHost ? [h('h3', { text: words.waiting }), nobody, outside] : []),
      isHost || page.as === 'patient' ? inviting(of) : null,
    ),
    draw({ self, peers, waiting }: RoomState): void {
      const here = waiting.filter(({ present }) => present);
      const key = JSON.stringify(
        [self, peers, here].flat().map((one) => one && [one.id, one.name, one.role, one.state]),
      );
      // What somebody is about to press stays where it is until something has changed.
      if (key === drawn) return;
      drawn = key;
      inside.replaceChildren(...(self ? [line(self, true)] : []), ...peers.map((peer) => line(peer, false)));
      outside.replaceChildren(...here.map((peer) => line(peer, false)));
      show(nobody, here.length === 0);
    },
  };
}
