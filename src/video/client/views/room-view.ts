import { playTone } from '../device-check.ts';
import type { Room } from '../room.ts';
import type { RoomState } from '../room-state.ts';
import { banners } from './banners.ts';
import { chat } from './chat.ts';
import { consentAsk } from './consent-ask.ts';
import { controls, type PanelName } from './controls.ts';
import { h, play, say, setAttribute, show, videoOf } from './dom.ts';
import { endWords } from './end-words.ts';
import { knocks } from './knocks.ts';
import { askToLeave } from './leave.ts';
import { more } from './more.ts';
import { every, type Of, type View } from './page-of.ts';
import { panel } from './panel.ts';
import { people } from './people.ts';
import { recordingWords } from './recording-words.ts';
import { roomWords } from './room-words.ts';
import { showSafety } from './safety-dialog.ts';
import { tiles } from './tiles.ts';
import { lasting } from './times.ts';
import { vitalsPanel } from './vitals.ts';
import { waitingWords } from './waiting-words.ts';

/** What one hears and reads of what happens, wherever one looks. @returns takes the listeners off */
function announcing({ page, announce }: Of, room: Room, wrote: () => void): () => void {
  const words = roomWords[page.language];
  const recorded = recordingWords[page.language];
  let recording = room.state.recording.state;
  const offs = [
    room.on('joined', ({ name }) => announce(words.joined(name))),
    room.on('left', ({ name }) => announce(words.left(name))),
    room.on('knocked', ({ name }) => {
      announce(words.knocked(name));
      void playTone();
    }),
    room.on('chat', ({ name, text, mine }) => {
      if (mine) return;
      announce(`${words.wrote(name)}: ${text.slice(0, 200)}`);
      wrote();
    }),
    room.on('change', ({ recording: { state } }) => {
      if (state !== recording)
        announce(state === 'recording' ? recorded.started : state === 'off' ? recorded.stopped : recorded.paused);
      recording = state;
    }),
  ];
  return () => {
    for (const off of offs) off();
  };
}

/** What one sees while one is on hold: why nobody is there. */
function onHold({ page }: Of) {
  const { title, text } = endWords[page.language].held(page.withWhom || waitingWords[page.language].whoTreats);
  return h(
    'div',
    { class: 'alone held', attributes: { hidden: true, role: 'status' } },
    h('h2', { text: title }),
    h('p', { text }),
  );
}

/** The visit itself. */
export function roomView(of: Of, room: Room): View & { draw(state: RoomState): void } {
  const { page } = of;
  const words = roomWords[page.language];
  let unread = 0;
  const began = performance.now();

  const consent = consentAsk(of);
  const written = chat(of, room);
  const who = people(of);
  const rest = more(of, room, (name) => open(name));
  const parts: Record<PanelName, HTMLElement> = {
    chat: written.node,
    people: who.node,
    vitals: vitalsPanel(of),
    more: rest.node,
  };
  const side = panel(page.language, parts, redraw);
  const stage = tiles(of, (id) => showSafety(of, room.state, id));
  const above = banners(of, { picturesAgain: () => room.setAudioOnly(false), withdraw: consent.withdraw });
  const waiting = knocks(of);
  const bar = controls(of, room, { open, leave: () => askToLeave(of, room) });
  const own = videoOf('own', true);
  const ownName = h('figcaption', { text: words.you });
  const self = h('figure', { class: 'self' }, own, ownName);
  const held = onHold(of);
  const time = h('span', { class: 'time' });
  const head = h(
    'header',
    { class: 'room-head' },
    h('h1', { text: page.withWhom || words.visit, attributes: { tabindex: -1 } }),
    time,
  );
  const node = h(
    'div',
    { class: 'room' },
    head,
    h('div', { class: 'stage' }, above.node, waiting.node, stage.node, held, self),
    side.node,
    bar.node,
  );

  function open(name: PanelName): void {
    side.toggle(name);
    if (side.opened === 'chat') written.input.focus();
    if (side.opened === 'more') rest.opened();
  }

  function redraw(): void {
    if (side.opened === 'chat') unread = 0;
    setAttribute(node, 'data-panel', side.opened);
    bar.draw(room.state, side.opened, unread);
  }

  const ends = [
    announcing(of, room, () => {
      if (side.opened !== 'chat') unread += 1;
      redraw();
    }),
    room.on('levels', (levels) => {
      stage.levels(levels);
      self.classList.toggle('speaks', (levels.get(room.state.self?.id ?? '') ?? 0) > 0.04);
    }),
    every(1000, () => say(time, lasting(performance.now() - began))),
  ];

  return {
    node,
    draw(state): void {
      stage.draw(state);
      above.draw(state);
      waiting.draw(state);
      written.draw(state);
      who.draw(state);
      rest.draw(state);
      consent.draw(state);
      const isHeld = state.phase === 'held';
      show(held, isHeld);
      show(stage.node, !isHeld);
      play(own, state.localStream);
      setAttribute(
        self,
        'class',
        `self${state.camera || state.sharing ? '' : ' dark'}${state.sharing ? ' sharing' : ''}`,
      );
      const notes = [words.you, state.muted ? words.muted : '', state.camera || state.sharing ? '' : words.cameraIsOff];
      say(ownName, notes.filter(Boolean).join(' · '));
      redraw();
    },
    close() {
      for (const end of ends) end();
    },
  };
}
