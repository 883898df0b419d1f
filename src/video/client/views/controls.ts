import type { Room } from '../room.ts';
import type { RoomState } from '../room-state.ts';
import { h, say, setAttribute, show } from './dom.ts';
import { type IconName, icon, setIcon } from './icons.ts';
import type { Of } from './page-of.ts';
import { roomWords } from './room-words.ts';

export type PanelName = 'chat' | 'people' | 'vitals' | 'more';

/** Whether somebody writes down what is measured: who treats, and the patient. */
export const measures = ({ patient, as }: Of['page']): boolean => patient !== null && as !== 'guest';

function control(name: IconName, press: () => void, look = '') {
  const mark = icon(name);
  const text = h('span', { class: 'control-text' });
  const spoken = h('span', { class: 'unseen' });
  const count = h('span', { class: 'count', attributes: { 'aria-hidden': 'true', hidden: true } });
  const node = h(
    'button',
    { class: `control ${look}`, attributes: { type: 'button' }, on: { click: press } },
    h('span', { class: 'disc' }, mark, count),
    text,
    spoken,
  );
  return {
    node,
    draw(
      label: string,
      {
        as = name,
        off,
        open,
        news = 0,
        full,
      }: { as?: IconName; off?: boolean; open?: boolean; news?: number; full?: string } = {},
    ): void {
      say(text, label);
      setIcon(mark, as);
      node.classList.toggle('off', off ?? false);
      if (open !== undefined) setAttribute(node, 'aria-expanded', String(open));
      say(spoken, full ?? '');
      say(count, String(news));
      show(count, news > 0);
    },
  };
}

/** The row of what one can do, in reach of a thumb. */
export function controls({ page }: Of, room: Room, acts: { open: (panel: PanelName) => void; leave: () => void }) {
  const words = roomWords[page.language];
  const microphone = control('microphone', () => room.mute(!room.state.muted));
  const camera = control('camera', () => void room.setCamera(!room.state.camera));
  const screen = control('screen', () => (room.state.sharing ? room.stopSharing() : void room.share()), 'wide-only');
  const chat = control('chat', () => acts.open('chat'));
  // Five are enough for a thumb: what is not of every day is behind the last but one.
  const rare = page.as === 'host' ? '' : 'wide-only';
  const people = control('people', () => acts.open('people'), rare);
  const vitals = control('vitals', () => acts.open('vitals'), rare);
  const more = control('more', () => acts.open('more'));
  const leave = control('leave', acts.leave, 'leave');
  const canShare = typeof navigator.mediaDevices?.getDisplayMedia === 'function';
  const canMeasure = measures(page);
  const all = [
    microphone,
    camera,
    ...(canShare ? [screen] : []),
    chat,
    people,
    ...(canMeasure ? [vitals] : []),
    more,
    leave,
  ];
  return {
    node: h(
      'div',
      { class: 'controls', attributes: { role: 'group', 'aria-label': words.controls } },
      ...all.map(({ node }) => node),
    ),
    draw({ muted, camera: on, sharing, waiting }: RoomState, opened: PanelName | null, unread: number): void {
      const knocking = waiting.filter(({ present }) => present).length;
      microphone.draw(muted ? words.unmute : words.mute, { as: muted ? 'microphone-off' : 'microphone', off: muted });
      camera.draw(on ? words.cameraOff : words.cameraOn, { as: on ? 'camera' : 'camera-off', off: !on });
      screen.draw(sharing ? words.stopSharing : words.share, { off: sharing });
      chat.draw(words.chat, {
        open: opened === 'chat',
        news: unread,
        ...(unread > 0 ? { full: words.chatNew(unread) } : {}),
      });
      people.draw(words.people, {
        open: opened === 'people',
        news: knocking,
        ...(knocking > 0 ? { full: words.peopleWaiting(knocking) } : {}),
      });
      vitals.draw(words.vitals, { open: opened === 'vitals' });
      more.draw(words.more, { open: opened === 'more' });
      leave.draw(words.leave);
    },
  };
}
