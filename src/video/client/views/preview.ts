import { playTone, watchLevel } from '../device-check.ts';
import { closeStream, type DeviceRefusal, listDevices, type Opened, openDevices, type Wanted } from '../devices.ts';
import { checkRow } from './check-row.ts';
import { checkWords } from './check-words.ts';
import { button, fill, h, play, say, show, videoOf } from './dom.ts';
import { icon } from './icons.ts';
import type { Of } from './page-of.ts';

export type Preview = {
  node: HTMLElement;
  /** What has been opened; its tracks are whose it is given to. */
  take(): MediaStream | null;
  close(): void;
};

const select = (label: string, change: (id: string) => void) => {
  const list = h('select', { on: { change: () => change(list.value) } });
  return { list, field: h('label', { class: 'device' }, h('span', { text: label }), list) };
};

/** Camera, microphone and sound: turned on, seen and heard, or why not and what helps. @param settled told when one may go on */
export function preview({ page, announce }: Of, settled: (can: boolean) => void): Preview {
  const words = checkWords[page.language];
  let stream: MediaStream | null = null;
  let unwatch = (): void => {};
  const wanted: Wanted = { camera: true, microphone: true };

  const video = videoOf('own', true);
  const empty = h('p', { class: 'empty' }, icon('camera'), h('span', { text: words.noPicture }));
  const picture = h(
    'figure',
    { class: 'preview' },
    video,
    empty,
    h('figcaption', { class: 'unseen', text: words.self }),
  );
  const camera = checkRow('camera', words.camera);
  const microphone = checkRow('microphone', words.microphone);
  const bar = h('meter', { class: 'level', attributes: { min: 0, max: 1, value: 0, 'aria-label': words.microphone } });
  microphone.more.append(bar);
  const speaker = checkRow('speaker', words.speaker);
  speaker.say('wait', words.didYouHear);
  speaker.more.append(
    button(
      words.playTone,
      async () => speaker.say((await playTone()) ? 'wait' : 'bad', words.didYouHear),
      'quiet small',
    ),
  );

  const help = h('div', { class: 'notice bad', attributes: { hidden: true, tabindex: -1 } });
  const asking = h('p', { class: 'asking', text: words.allow, attributes: { hidden: true, role: 'status' } });
  const ask = button(words.ask, () => void open());
  const devices = h(
    'details',
    { class: 'devices', attributes: { hidden: true } },
    h('summary', { text: words.settings }),
  );
  const rows = h('ul', { class: 'checks', attributes: { hidden: true } }, camera.node, microphone.node, speaker.node);

  async function choose(): Promise<void> {
    const known = await listDevices();
    const cameras = select(words.camera, (id) => void open({ camera: id }));
    const microphones = select(words.microphone, (id) => void open({ microphone: id }));
    const used = stream?.getTracks().map((track) => track.getSettings().deviceId);
    for (const [list, all] of [
      [cameras.list, known.cameras],
      [microphones.list, known.microphones],
    ] as const) {
      for (const { id, label } of all) {
        list.append(
          h('option', { text: label || id.slice(0, 6), attributes: { value: id, selected: used?.includes(id) } }),
        );
      }
    }
    show(devices, known.cameras.length > 1 || known.microphones.length > 1);
    devices.replaceChildren(devices.firstElementChild ?? '', cameras.field, microphones.field);
  }

  function refused(why: DeviceRefusal): void {
    const { title, text } = words.refused[why];
    const steps = why === 'denied' ? words.how.steps : [];
    fill(help, [
      h('h2', { text: title }),
      h('p', { text }),
      ...(steps.length > 0 ? [h('ol', { class: 'links' }, ...steps.map((step) => h('li', { text: step })))] : []),
      h(
        'p',
        { class: 'row' },
        button(words.again, () => void open()),
        button(words.without, goWithout, 'quiet'),
      ),
    ]);
    show(help, true);
    help.focus();
    announce(`${title}. ${text}`);
    settled(false);
  }

  function goWithout(): void {
    fill(help, [h('p', { text: words.withoutNote })]);
    help.className = 'notice';
    announce(words.withoutNote);
    settled(true);
  }

  function opened({ stream: given, without }: Opened & { ok: true }): void {
    stream = given;
    play(video, given);
    show(empty, given.getVideoTracks().length === 0);
    const why = (one: DeviceRefusal | null): string => (one === null ? '' : words.refused[one].title);
    camera.say(
      without.camera === null ? 'good' : 'bad',
      without.camera === null ? words.cameraGood : why(without.camera),
    );
    microphone.say(
      without.microphone === null ? 'wait' : 'bad',
      without.microphone === null ? words.speak : why(without.microphone),
    );
    show(bar, without.microphone === null);
    unwatch =
      without.microphone !== null
        ? () => {}
        : watchLevel(given, ({ level, heard, silent }) => {
            bar.value = level;
            if (heard > 0.02) microphone.say('good', words.heard);
            else if (silent) microphone.say('bad', words.silent);
          });
    show(rows, true);
    void choose();
    settled(true);
  }

  async function open(other: Partial<Wanted> = {}): Promise<void> {
    Object.assign(wanted, other);
    stop();
    show(help, false);
    help.className = 'notice bad';
    ask.disabled = true;
    say(ask, words.asking);
    show(asking, true);
    const answer = await openDevices(wanted);
    show(asking, false);
    ask.disabled = false;
    say(ask, words.ask);
    show(ask, false);
    if (answer.ok) opened(answer);
    else refused(answer.why);
  }

  function stop(): void {
    unwatch();
    unwatch = () => {};
    closeStream(stream);
    stream = null;
  }

  return {
    node: h('div', { class: 'look' }, picture, asking, ask, help, rows, devices),
    take() {
      unwatch();
      const given = stream;
      stream = null;
      return given;
    },
    close: stop,
  };
}
