import { expect, test } from 'vitest';

import type { Peer } from '../signalling/messages.ts';
import { nobody, withAll, withPeer } from './roster.ts';

const anna: Peer = { id: 'a', role: 'patient', name: 'Anna', state: 'admitted', present: true };

const told = (...peers: [Peer, known: boolean][]) => {
  let roster = nobody;
  const came = peers.flatMap(([peer, known]) => {
    const next = withPeer(roster, peer, known);
    roster = next.roster;
    return next.came.map(({ what }) => what);
  });
  return { came, inside: roster.peers.map(({ id }) => id), waiting: roster.waiting.map(({ id }) => id) };
};

test('who waits is let in, comes and goes, each told once', () => {
  const waiting: Peer = { ...anna, state: 'waiting' };
  expect(told([waiting, false])).toEqual({ came: ['knocked'], inside: [], waiting: ['a'] });
  expect(told([waiting, false], [waiting, false], [anna, false], [{ ...anna, audio: false }, true])).toEqual({
    came: ['knocked', 'joined'],
    inside: ['a'],
    waiting: [],
  });
  expect(told([anna, false], [{ ...anna, state: 'removed' }, true])).toEqual({
    came: ['joined', 'left'],
    inside: [],
    waiting: [],
  });
});

test('whose socket is closed stays as long as their media does', () => {
  const away: Peer = { ...anna, present: false };
  expect(told([anna, false], [away, true]).inside).toEqual(['a']);
  expect(told([anna, false], [{ ...away, state: 'left' }, true]).inside).toEqual(['a']);
  expect(told([anna, false], [away, false]).inside).toEqual([]);
  expect(told([anna, false], [away, true], [anna, true]).came).toEqual(['joined']);
});

test('who waited and closed the page waits no more', () => {
  const waiting: Peer = { ...anna, state: 'waiting' };
  expect(told([waiting, false], [{ ...waiting, present: false }, false]).waiting).toEqual([]);
});

test('after the socket was away, who is not told of any more was sent away meanwhile, though their media goes on', () => {
  const { roster } = withPeer(nobody, anna, false);
  for (const known of [false, true])
    expect(withAll(roster, [], () => known)).toMatchObject({ roster: { peers: [] }, came: [{ what: 'left' }] });
  const away: Peer = { ...anna, present: false };
  expect(withAll(roster, [away], () => true)).toMatchObject({ roster: { peers: [away] }, came: [] });
});
