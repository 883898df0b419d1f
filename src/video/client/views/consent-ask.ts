import type { RoomState } from '../room-state.ts';
import { askFor } from './dialog.ts';
import { hostWords } from './host-words.ts';
import type { Of } from './page-of.ts';
import { recordingWords } from './recording-words.ts';

/** Asks, once each time one is asked, whether one may be recorded; and takes it back. */
export function consentAsk({ page, server, announce }: Of) {
  const words = recordingWords[page.language];
  let dialog: HTMLDialogElement | null = null;
  let answered = false;

  async function tell(given: boolean): Promise<void> {
    const answer = await server.consent(given).catch(() => null);
    if (answer?.ok) return given ? undefined : announce(words.withdrawn);
    announce(answer?.text || hostWords[page.language].failed);
    answered = false;
  }

  return {
    withdraw: (): void => void tell(false),
    draw({ recording: { asked } }: RoomState): void {
      if (asked !== true) {
        dialog?.close();
        dialog = null;
        answered = false;
        return;
      }
      if (answered || dialog?.open) return;
      answered = true;
      dialog = askFor({
        title: words.asked,
        text: words.askedText,
        choices: [
          { text: words.agree, do: () => void tell(true) },
          { text: words.refuse, look: 'quiet' },
        ],
      });
    },
  };
}
