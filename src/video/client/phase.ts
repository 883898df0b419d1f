import type { End, Phase, RoomState } from './room-state.ts';

/** What the server tells when it closes for good is in what it told before. */
export function endOf({ self, visit }: RoomState): End {
  if (self?.state === 'denied' || self?.state === 'removed') return { why: self.state };
  const state = visit?.state;
  return { why: state === 'finished' || state === 'missed' || state === 'cancelled' ? state : 'closed' };
}

/** Where one stands, as it follows from what was told. */
export function phaseOf({ self, visit, end, phase }: RoomState): Phase {
  if (end !== null) return end.why === 'refused' ? 'refused' : 'over';
  if (self === null || visit === null) return phase === 'over' ? 'connecting' : phase;
  if (self.state === 'admitted') return visit.state === 'held' ? 'held' : 'live';
  return self.state === 'held' ? 'held' : 'waiting';
}
