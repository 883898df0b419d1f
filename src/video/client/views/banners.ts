import type { RoomState } from '../room-state.ts';
import { button, fill, h, say, show } from './dom.ts';
import { hostWords } from './host-words.ts';
import type { Of } from './page-of.ts';
import { phoneLink } from './phone-line.ts';
import { recordingWords } from './recording-words.ts';
import { roomWords } from './room-words.ts';
import { fromNow, now } from './times.ts';

/** One line over the pictures, of something that goes on. */
function banner(look: string) {
  const text = h('span', {});
  const more = h('span', { class: 'with' });
  const node = h('p', { class: `banner ${look}`, attributes: { hidden: true, role: 'status' } }, text, more);
  return {
    node,
    more,
    /** Empty: there is nothing to say. */
    say(value: string): void {
      say(text, value);
      show(node, value !== '');
    },
  };
}

const MINUTE = 60_000;
/** ms before a visit ends by itself from which that is said. */
const SOON = 10 * MINUTE;

/** What is said over the pictures: who records, what is wrong with the line, and what one can do then. */
export function banners(of: Of, acts: { picturesAgain: () => void; withdraw: () => void }) {
  const { page } = of;
  const words = roomWords[page.language];
  const recorded = recordingWords[page.language];
  const again = page.language === 'fr' ? 'Remettre les images' : 'Pictures again';
  const recording = banner('recording');
  const asking = banner('plain');
  const line = banner('bad');
  const trouble = banner('bad');
  const sound = banner('plain');
  const call = banner('bad');
  const notice = banner('bad');
  const overtime = banner('plain');
  const held = banner('plain');
  const behind = banner('plain');
  sound.more.append(button(again, acts.picturesAgain, 'quiet small'));
  const withdraw = button(recorded.withdraw, acts.withdraw, 'quiet small');
  recording.more.append(withdraw);
  const all = [recording, asking, held, line, trouble, call, sound, overtime, behind, notice];

  const recordingText = ({ recording: { state, missing = [] } }: RoomState): string => {
    if (state === 'recording') return recorded.on;
    if (state === 'off') return '';
    return missing.length === 0 ? recorded.paused : `${recorded.paused}. ${recorded.missing(missing.join(', '))}`;
  };

  return {
    node: h('div', { class: 'banners' }, ...all.map(({ node }) => node)),
    draw(state: RoomState): void {
      recording.say(recordingText(state));
      // Of what is only asked for, they are told who asked.
      const missing = page.as === 'host' && state.recording.state === 'off' ? (state.recording.missing ?? []) : [];
      asking.say(missing.length === 0 ? '' : recorded.waitsFor(missing.join(', ')));
      show(withdraw, page.as !== 'host' && state.recording.state !== 'off' && state.recording.asked !== true);
      line.say(state.line === 'ok' ? '' : words.lines[state.line]);
      trouble.say(state.troubles.map((one) => words.troubles[one]).join(' '));
      sound.say(state.audioOnly === null ? '' : state.audioOnly === 'asked' ? words.audioAsked : words.audioNetwork);
      show(sound.more, state.audioOnly !== null);
      const number = state.callback ?? page.phone;
      call.say(state.callInstead ? words.callInstead : '');
      fill(call.more, number === null ? [h('b', { text: words.callNumber })] : [phoneLink(number)]);
      notice.say(state.notice?.why ?? '');
      const left = state.visit === null ? Number.POSITIVE_INFINITY : Date.parse(state.visit.hardStop) - now();
      overtime.say(left < SOON ? words.overtime(fromNow(page.language, left)) : '');
      // Who is on hold themself is told so where the others were.
      held.say(state.visit?.state === 'held' && state.phase === 'live' ? hostWords[page.language].allOnHold : '');
      behind.say(
        state.recorder === null
          ? ''
          : state.recorder.failed
            ? recorded.failed
            : state.recorder.behind > 3
              ? recorded.behind
              : '',
      );
    },
  };
}
