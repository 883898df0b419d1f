import type { VisitPage } from '../../pages/visit-page.ts';
import { createRoom, type Room } from '../room.ts';
import type { Phase, RoomState } from '../room-state.ts';
import { checkView } from './check.ts';
import { h } from './dom.ts';
import { endView } from './end.ts';
import { type GuestServer, guestDoor } from './guest.ts';
import type { Of, View } from './page-of.ts';
import { roomView } from './room-view.ts';
import { roomWords } from './room-words.ts';
import { guestServerOf, serverOf } from './server.ts';
import { setClock } from './times.ts';
import { waitingView } from './waiting.ts';

const place = document.getElementById('video');

/** Where pages are read aloud; it is never hidden, for then it would say nothing. */
function announcer(): (text: string) => void {
  const live = h('p', { class: 'unseen', attributes: { 'aria-live': 'polite', id: 'said' } });
  document.body.append(live);
  return (text) => {
    live.replaceChildren(h('span', { text }));
  };
}

/** Keeps the screen lit while somebody looks at it and touches nothing. */
function keepAwake(): () => void {
  let lock: WakeLockSentinel | null = null;
  const take = async (): Promise<void> => {
    if (document.visibilityState === 'visible')
      lock = (await navigator.wakeLock?.request('screen').catch(() => null)) ?? null;
  };
  document.addEventListener('visibilitychange', take);
  void take();
  return () => {
    document.removeEventListener('visibilitychange', take);
    void lock?.release();
  };
}

type Drawn = View & { draw?(state: RoomState): void };

/** The page from the look at one's devices to the end: one view after the other. */
function run(place: HTMLElement, of: Of): void {
  const { page, server, announce } = of;
  const above = [...place.childNodes];
  let view: Drawn | null = null;

  function change(next: Drawn, isWhole: boolean): void {
    view?.close();
    view = next;
    document.body.classList.toggle('in-room', isWhole && next.draw !== undefined);
    place.replaceChildren(...(isWhole ? [] : above), next.node);
  }

  function check(): void {
    change(checkView(of, enter), false);
  }

  function enter(stream: MediaStream | null): void {
    const upload = page.as === 'host' ? { upload: server.upload } : {};
    const room = createRoom({
      ask: server.join,
      stream,
      livekit: page.livekit,
      camera: stream?.getVideoTracks().length !== 0,
      ...upload,
    });
    const away = (): void => room.close();
    const sleep = keepAwake();
    let shown: Phase | 'out' | null = null;
    let since = 0;
    addEventListener('pagehide', away);

    const out = (state: RoomState): void => {
      if (state.end === null || shown === 'out') return;
      shown = 'out';
      // Who takes the visit back to this window goes on with the same room.
      if (state.end.why !== 'replaced') {
        removeEventListener('pagehide', away);
        sleep();
      }
      const node = endView(of, state.end, since === 0 ? 0 : performance.now() - since, () => again(room, state));
      change({ node, close: () => {} }, true);
      node.querySelector('h1')?.focus();
    };

    function show({ phase }: RoomState): void {
      const part = phase === 'held' ? 'live' : phase === 'connecting' ? 'waiting' : phase;
      if (part === shown) return;
      // A line that drops for a moment takes nobody out of the visit that they see.
      if (phase === 'connecting' && shown === 'live') return;
      shown = part;
      if (part !== 'live') {
        const waiting = waitingView(of, () => room.leave());
        change(waiting, false);
        return;
      }
      since ||= performance.now();
      change(roomView(of, room), true);
      announce(roomWords[page.language].letIn);
      place.querySelector<HTMLElement>('h1')?.focus();
    }

    function draw(state: RoomState): void {
      if (state.phase === 'over' || state.phase === 'refused') {
        out(state);
        return;
      }
      show(state);
      view?.draw?.(state);
    }

    room.on('change', draw);
    draw(room.state);
    room.start();
  }

  function again(room: Room, { end }: RoomState): void {
    if (end?.why === 'replaced') {
      room.start();
      return;
    }
    check();
  }

  check();
}

if (place?.dataset.visit !== undefined) {
  const page = JSON.parse(place.dataset.visit) as VisitPage; // as the server wrote it
  setClock(page.now);
  const announce = announcer();
  if (page.as === 'guest') {
    const server: GuestServer = guestServerOf(page);
    guestDoor(place, { page, server, announce }, () => run(place, { page, server, announce }));
  } else run(place, { page, server: serverOf(page), announce });
}
