import type { RoomState } from '../room-state.ts';
import { button, h, say, show } from './dom.ts';
import { hostWords } from './host-words.ts';
import type { Of } from './page-of.ts';
import { recordingWords } from './recording-words.ts';

/** What who treats does about recording. What waits for somebody's consent begins, or goes on, once they have all agreed. */
export function recordingControl({ page, server }: Of) {
  const words = recordingWords[page.language];
  const problem = h('p', { class: 'problem', attributes: { role: 'alert', hidden: true } });
  let wanted = false;
  let waits = false;
  let state: RoomState['recording']['state'] = 'off';

  async function operate(action: 'start' | 'pause' | 'resume' | 'stop'): Promise<void> {
    wanted = action === 'start' || action === 'resume';
    const answer = await server.operate('video-record', [{ name: 'action', valueCode: action }]).catch(() => null);
    // That others are asked first is no problem: the page says over the pictures whom it waits for.
    const fails = !answer?.ok && !waits && !(action === 'stop' && state === 'off');
    say(problem, fails ? answer?.text || hostWords[page.language].failed : '');
    show(problem, fails);
  }

  const start = button(words.start, () => void operate('start'), 'quiet');
  const pause = button('', () => void operate(state === 'recording' ? 'pause' : 'resume'), 'quiet');
  const stop = button(words.stop, () => void operate('stop'), 'danger');
  return {
    node: h('div', {}, problem, h('p', { class: 'row' }, start, pause, stop)),
    draw({ recording }: RoomState): void {
      state = recording.state;
      const waited = waits;
      waits = (recording.missing ?? []).length > 0;
      if (waits) show(problem, false);
      if (waited && !waits && wanted && state !== 'recording') void operate('start');
      show(start, state === 'off');
      show(pause, state !== 'off');
      say(pause, state === 'recording' ? words.pause : words.resume);
      show(stop, state !== 'off');
    },
  };
}
