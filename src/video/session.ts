import type { Appointment, Encounter } from '@medplum/fhirtypes';

/** The states of a visit, and what each is in FHIR. */
export const states = {
  /** Booked; nobody of it is here yet. */
  scheduled: { appointment: 'booked', encounter: 'planned' },
  /** The patient waits. */
  waiting: { appointment: 'arrived', encounter: 'arrived' },
  /** The patient waits and has answered what is asked before. */
  ready: { appointment: 'checked-in', encounter: 'triaged' },
  /** Somebody was let in. */
  live: { appointment: 'checked-in', encounter: 'in-progress' },
  /** Put on hold by who treats; a network that fails holds nothing. */
  held: { appointment: 'checked-in', encounter: 'onleave' },
  finished: { appointment: 'fulfilled', encounter: 'finished' },
  /** The patient did not come. */
  missed: { appointment: 'noshow', encounter: 'cancelled' },
  cancelled: { appointment: 'cancelled', encounter: 'cancelled' },
} as const satisfies Record<string, { appointment: Appointment['status']; encounter: Encounter['status'] }>;

export type VisitState = keyof typeof states;

/**
 * What happens to a visit. `wait`: the patient is in the waiting room; `prepare`: the patient has answered what is asked before;
 * `admit`: somebody is let in; `lapse`: its time is over, whatever it is in.
 */
export const events = ['wait', 'prepare', 'admit', 'hold', 'resume', 'end', 'miss', 'cancel', 'lapse'] as const;

export type VisitEvent = (typeof events)[number];

/** null: it cannot happen; the state itself: it changes nothing. */
type Transitions = Readonly<Record<VisitState, Readonly<Record<VisitEvent, VisitState | null>>>>;

const over = (state: VisitState): Record<VisitEvent, VisitState | null> => ({
  wait: null,
  prepare: null,
  admit: null,
  hold: null,
  resume: null,
  // Who says again that it is over, says nothing new.
  end: state === 'finished' ? state : null,
  miss: state === 'missed' ? state : null,
  cancel: state === 'cancelled' ? state : null,
  lapse: state,
});

const transitions: Transitions = {
  scheduled: {
    wait: 'waiting',
    prepare: null,
    admit: 'live',
    hold: null,
    resume: null,
    end: null,
    miss: 'missed',
    cancel: 'cancelled',
    lapse: 'missed',
  },
  waiting: {
    wait: 'waiting',
    prepare: 'ready',
    admit: 'live',
    hold: null,
    resume: null,
    end: null,
    miss: null,
    cancel: 'cancelled',
    // The patient was there: it was not they who missed it.
    lapse: 'cancelled',
  },
  ready: {
    wait: 'ready',
    prepare: 'ready',
    admit: 'live',
    hold: null,
    resume: null,
    end: null,
    miss: null,
    cancel: 'cancelled',
    lapse: 'cancelled',
  },
  live: {
    wait: 'live',
    prepare: 'live',
    admit: 'live',
    hold: 'held',
    resume: 'live',
    end: 'finished',
    miss: null,
    cancel: null,
    lapse: 'finished',
  },
  held: {
    wait: 'held',
    prepare: 'held',
    admit: 'held',
    hold: 'held',
    resume: 'live',
    end: 'finished',
    miss: null,
    cancel: null,
    lapse: 'finished',
  },
  finished: over('finished'),
  missed: over('missed'),
  cancelled: over('cancelled'),
};

/** The state that comes of it; null: that cannot happen now. */
export const next = (state: VisitState, event: VisitEvent): VisitState | null => transitions[state][event];

/** Whether nothing comes after it: sockets are closed, and what was issued counts no more. */
export const isOver = (state: VisitState): boolean =>
  state === 'finished' || state === 'missed' || state === 'cancelled';
