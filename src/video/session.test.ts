import { expect, test } from 'vitest';

import { events, isOver, next, states, type VisitEvent, type VisitState } from './session.ts';

/** What comes of each event in each state, in the order of `events`; `-`: it cannot happen, `=`: it changes nothing. */
const table: Record<VisitState, string> = {
  //          wait    prepare admit hold resume end      miss   cancel    lapse
  scheduled: 'waiting -       live  -    -      -        missed cancelled missed',
  waiting: '  =       ready   live  -    -      -        -      cancelled cancelled',
  ready: '    =       =       live  -    -      -        -      cancelled cancelled',
  live: '     =       =       =     held =      finished -      -         finished',
  held: '     =       =       =     =    live   finished -      -         finished',
  finished: ' -       -       -     -    -      =        -      -         =',
  missed: '   -       -       -     -    -      -        =      -         =',
  cancelled: '-       -       -     -    -      -        -      =         =',
};

const cells = Object.entries(table).flatMap(([state, row]) =>
  row
    .trim()
    .split(/\s+/)
    .map((to, at) => [state, events[at], to] as [VisitState, VisitEvent, string]),
);

test('the table has a cell for each event in each state', () => {
  expect(cells).toHaveLength(Object.keys(states).length * events.length);
});

test.each(cells)('%s and %s: %s', (state, event, to) => {
  expect(next(state, event)).toBe(to === '-' ? null : to === '=' ? state : to);
});

test('what is over goes on to nothing else, and its time can always be over', () => {
  for (const [state, event] of cells) {
    const to = next(state, event);
    if (isOver(state)) expect([null, state]).toContain(to);
    if (event === 'lapse') expect(to !== null && isOver(to)).toBe(true);
  }
});
