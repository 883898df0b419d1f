import type { Room } from '../room.ts';
import { askFor } from './dialog.ts';
import { hostWords } from './host-words.ts';
import type { Of } from './page-of.ts';

/** Leaves, once one is sure; who treats may end it for everybody. */
export function askToLeave({ page, server, announce }: Of, room: Room): void {
  const words = hostWords[page.language];
  const stay = { text: words.stay, look: 'quiet' };
  if (page.as !== 'host') {
    askFor({
      title: words.leaveSure,
      text: words.leaveText,
      choices: [stay, { text: words.leave, look: 'danger', do: () => room.leave() }],
    });
    return;
  }
  const end = async (): Promise<void> => {
    const answer = await server.operate('video-end', []).catch(() => null);
    // Where it was ended the server closes the socket, and the page follows.
    if (!answer?.ok) announce(answer?.text || words.failed);
  };
  askFor({
    title: words.endSure,
    text: words.endText,
    choices: [
      stay,
      { text: words.leaveOnly, look: 'quiet', do: () => room.leave() },
      { text: words.endForAll, look: 'danger', do: () => void end() },
    ],
  });
}
