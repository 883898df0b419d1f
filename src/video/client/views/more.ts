import { listDevices } from '../devices.ts';
import type { Room } from '../room.ts';
import type { RoomState } from '../room-state.ts';
import { measures, type PanelName } from './controls.ts';
import { button, h, say, show } from './dom.ts';
import { hostWords } from './host-words.ts';
import { moreWords } from './more-words.ts';
import type { Of } from './page-of.ts';
import { recordingControl } from './recording-control.ts';
import { roomWords } from './room-words.ts';

/** Devices, sound alone, and for those who treat recording and hold. */
export function more({ page, server, announce }: Of, room: Room, open: (panel: PanelName) => void) {
  const words = moreWords[page.language];
  const host = hostWords[page.language];
  const problem = h('p', { class: 'problem', attributes: { role: 'alert', hidden: true } });

  async function operate(operation: string, action: string): Promise<void> {
    const answer = await server.operate(operation, [{ name: 'action', valueCode: action }]).catch(() => null);
    say(problem, answer?.ok ? '' : answer?.text || host.failed);
    show(problem, !answer?.ok);
  }

  const choice = (label: string, id: string, use: (chosen: string) => void) => {
    const list = h('select', { attributes: { id }, on: { change: () => use(list.value) } });
    return { list, node: h('div', { class: 'field' }, h('label', { text: label, attributes: { for: id } }), list) };
  };
  const camera = choice(words.camera, 'use-camera', (id) => void room.useDevices({ camera: id }));
  const microphone = choice(words.microphone, 'use-microphone', (id) => void room.useDevices({ microphone: id }));

  async function list(): Promise<void> {
    const { cameras, microphones } = await listDevices();
    const used = room.state.localStream?.getTracks().map((track) => track.getSettings().deviceId) ?? [];
    for (const [{ list: select }, all] of [
      [camera, cameras],
      [microphone, microphones],
    ] as const) {
      select.replaceChildren(
        ...all.map(({ id, label }) =>
          h('option', { text: label || id.slice(0, 6), attributes: { value: id, selected: used.includes(id) } }),
        ),
      );
    }
  }

  const sound = button('', () => room.setAudioOnly(room.state.audioOnly === null), 'quiet');
  const recorder = recordingControl({ page, server, announce });
  const hold = button(
    '',
    () => void operate('video-admit', room.state.visit?.state === 'held' ? 'resume' : 'hold'),
    'quiet',
  );
  const rest = roomWords[page.language];
  const narrow = [
    button(rest.people, () => open('people'), 'quiet'),
    ...(measures(page) ? [button(rest.vitals, () => open('vitals'), 'quiet')] : []),
  ];
  const forHosts =
    page.as === 'host'
      ? [
          h('h3', { text: words.recording }),
          recorder.node,
          h('h3', { text: words.hold }),
          h('p', { class: 'quiet small-text', text: words.holdText }),
          h('p', { class: 'row' }, hold),
        ]
      : [h('p', { class: 'row narrow-only' }, ...narrow)];

  return {
    node: h(
      'div',
      {},
      problem,
      ...forHosts,
      h('h3', { text: words.soundOnly }),
      h('p', { class: 'quiet small-text', text: words.soundOnlyText }),
      h('p', { class: 'row' }, sound),
      h('h3', { text: words.devices }),
      camera.node,
      microphone.node,
    ),
    opened: () => void list(),
    draw(state: RoomState): void {
      const { audioOnly, visit } = state;
      say(sound, audioOnly === null ? words.soundOnly : words.pictures);
      recorder.draw(state);
      say(hold, visit?.state === 'held' ? host.resumeAll : host.holdAll);
    },
  };
}
