import type { RoomPeer, RoomState } from '../room-state.ts';
import { fill, h, play, say, setAttribute, show, videoOf } from './dom.ts';
import { icon } from './icons.ts';
import type { Of } from './page-of.ts';
import { roomWords } from './room-words.ts';

/** `AO` of Amara Osei; titles are no names. */
export const initials = (name: string): string =>
  name
    .split(/\s+/)
    .filter((word) => /^\p{L}/u.test(word) && !/\.$/.test(word))
    .map((word) => [...word][0]?.toUpperCase() ?? '')
    .filter((_, i, all) => i === 0 || i === all.length - 1)
    .join('');

const speaks = 0.04;

function tileOf(of: Of, id: string, openSafety: (id: string) => void) {
  const words = roomWords[of.page.language];
  const video = videoOf('', false);
  const face = h('span', { class: 'face', attributes: { 'aria-hidden': 'true' } });
  const off = h('p', { class: 'off' }, face, h('span', { class: 'off-text' }));
  const status = h('p', { class: 'tile-status', attributes: { role: 'status', hidden: true } });
  const name = h('b', {});
  const role = h('span', { class: 'role' });
  const flags = h('span', { class: 'flags' });
  const bars = h('span', { class: 'bars', attributes: { 'aria-hidden': 'true' } }, h('i'), h('i'), h('i'));
  const quality = h('span', { class: 'unseen' });
  const safety = h(
    'button',
    { class: 'safety', attributes: { type: 'button', hidden: true }, on: { click: () => openSafety(id) } },
    icon('shield'),
    h('span', {}),
  );
  const node = h(
    'figure',
    { class: 'tile' },
    video,
    off,
    status,
    h('figcaption', {}, h('span', { class: 'who' }, name, role), flags, bars, quality),
    safety,
  );
  const offText = off.lastElementChild ?? off;

  return {
    node,
    level: (level: number): void => void node.classList.toggle('speaks', level > speaks),
    draw(peer: RoomPeer, state: RoomState): void {
      const shows = peer.video === true || peer.sharing === true;
      play(video, peer.stream);
      say(face, initials(peer.name));
      say(offText, shows || state.audioOnly !== null ? '' : words.cameraIsOff);
      show(off, !shows || state.audioOnly !== null || peer.stream === null);
      setAttribute(
        node,
        'class',
        `tile${peer.sharing ? ' sharing' : ''}${node.classList.contains('speaks') ? ' speaks' : ''}`,
      );
      const isLost = peer.connection === 'lost';
      say(status, isLost ? words.lost(peer.name) : peer.connection === 'connecting' ? words.connecting(peer.name) : '');
      show(status, peer.connection !== 'connected');
      say(name, peer.name);
      say(role, words.roles[peer.role]);
      const notes = [
        peer.audio === false ? words.muted : '',
        peer.silent && peer.audio !== false ? words.silent : '',
        peer.sharing ? words.sharing : '',
      ];
      say(flags, notes.filter(Boolean).join(' · '));
      setAttribute(bars, 'class', `bars ${peer.quality}`);
      say(quality, `${words.quality}: ${words.qualities[peer.quality]}`);
      const code = peer.safety.state === 'ready' ? peer.safety.code : '';
      setAttribute(safety, 'class', `safety ${peer.safety.state}`);
      show(safety, peer.safety.state === 'ready' || peer.safety.state === 'mismatch');
      const label = of.page.language === 'fr' ? 'Code de sécurité' : 'Safety code';
      say(safety.lastElementChild ?? safety, code || '!');
      setAttribute(safety, 'aria-label', `${label} ${code}, ${peer.name}`);
    },
  };
}

/** Everybody else who is in the visit; who shares a screen first, for it is what one looks at. */
export function tiles(of: Of, openSafety: (id: string) => void) {
  const words = roomWords[of.page.language];
  const known = new Map<string, ReturnType<typeof tileOf>>();
  const empty = h(
    'div',
    { class: 'alone' },
    h('h2', { text: words.nobody(of.page.withWhom || words.alone) }),
    h('p', { text: words.nobodyText }),
  );
  const node = h('div', { class: 'tiles', attributes: { 'data-count': 0 } });
  let met = false;
  return {
    node,
    levels(levels: ReadonlyMap<string, number>): void {
      for (const [id, tile] of known) tile.level(levels.get(id) ?? 0);
    },
    draw(state: RoomState): void {
      met ||= state.peers.length > 0;
      for (const id of [...known.keys()].filter((one) => !state.peers.some((peer) => peer.id === one)))
        known.delete(id);
      for (const peer of state.peers) {
        const tile = known.get(peer.id) ?? tileOf(of, peer.id, openSafety);
        known.set(peer.id, tile);
        tile.draw(peer, state);
      }
      const knocks = state.waiting.some(({ present }) => present);
      const none = met ? words.alone : words.nobody(of.page.withWhom || words.alone);
      say(empty.firstElementChild ?? empty, knocks ? words.waits : none);
      say(empty.lastElementChild ?? empty, knocks ? words.waitsText : words.nobodyText);
      const shared = state.peers.find(({ sharing }) => sharing)?.id;
      const order = [...known].sort(([a], [b]) => Number(b === shared) - Number(a === shared));
      fill(node, order.length === 0 ? [empty] : order.map(([, tile]) => tile.node));
      setAttribute(node, 'data-count', order.length);
      setAttribute(node, 'data-shared', shared !== undefined);
    },
  };
}
