import type { Caller } from '../../fhir/access.ts';
import type { FhirContext } from '../../fhir/context.ts';
import { type Result, tooManyRequests } from '../../fhir/outcome.ts';
import { isId } from '../../fhir/reference.ts';
import type { FhirRequest, FhirResponse } from '../../fhir/request.ts';
import { type Alert, raiseAlert } from './alerts.ts';
import { createSnooping } from './snooping.ts';

/** ms, and the ids that are not there for somebody, of which so many within it are guesses and no mistakes. */
const WINDOW = 60_000;
const GUESSES = 200;
/** ms for which nothing is answered then. */
const PAUSE = 60_000;
/** Callers who are remembered at a time. */
const REMEMBERED = 10_000;

type Missed = { at: Map<string, number>; pausedUntil: number };

/** Told of an id that was not there; says when it has become too many. */
export type Guesses = {
  /** ms for which a caller must wait; 0: they need not. */
  pause(who: string, now: number): number;
  /** Whether it is the one with which the pause begins. */
  miss(who: string, id: string, now: number): boolean;
};

/** Counts the different ids that each caller asked for in vain within a minute. */
export function createGuesses(): Guesses {
  const known = new Map<string, Missed>();
  return {
    pause: (who, now) => Math.max(0, (known.get(who)?.pausedUntil ?? 0) - now),
    miss(who, id, now) {
      const found = known.get(who) ?? { at: new Map<string, number>(), pausedUntil: 0 };
      known.delete(who);
      if (known.size >= REMEMBERED) for (const oldest of known.keys()) if (known.delete(oldest)) break;
      known.set(who, found);
      found.at.delete(id);
      found.at.set(id, now);
      if (found.at.size < GUESSES) return false;
      // They are in the order of their times.
      for (const [old, at] of found.at) {
        if (at > now - WINDOW) break;
        found.at.delete(old);
      }
      if (found.at.size < GUESSES) return false;
      found.at.clear();
      found.pausedUntil = now + PAUSE;
      return true;
    },
  };
}

const nameOf = ({ tenant, clientId, subject, fhirUser }: Caller): string =>
  JSON.stringify([tenant, clientId, subject, fhirUser]);

/** Who keeps the server looks for what they like. */
const isWatched = ({ actor }: Caller): boolean => actor !== 'operator' && actor !== 'server' && actor !== 'nobody';

/** The one resource that a request names. */
function named({ path }: FhirRequest): string | null {
  const [type, id] = path;
  return type !== undefined && id !== undefined && isId(id) ? `${type}/${id}` : null;
}

type Dispatch = FhirContext['dispatch'];

/**
 * The same dispatch, watched: who asks for hundreds of ids that are not there for them has to wait, and who of the staff opens
 * the record of somebody close to them is told of to the privacy officer. What is noticed goes to the ledger as an alert.
 */
export function watched(
  context: FhirContext,
  dispatch: Dispatch,
  raise: (alert: Alert) => Promise<void> = (alert) => raiseAlert(context, alert),
): Dispatch {
  const guesses = createGuesses();
  const snooping = createSnooping(context);

  async function look(request: FhirRequest, answer: Result<FhirResponse>): Promise<void> {
    const { caller } = request.grant;
    const missing = !answer.ok && answer.status === 404 ? named(request) : null;
    if (missing !== null && guesses.miss(nameOf(caller), missing, context.now())) {
      await raise({ kind: 'enumeration', caller, why: `${GUESSES} ids that are not there were asked for in a minute` });
    }
    const close = await snooping(request);
    if (close !== null) await raise({ kind: 'snooping', caller, patient: close.patient, why: close.why });
  }

  return async (request, within) => {
    const { caller } = request.grant;
    if (!isWatched(caller)) return dispatch(request, within);
    const wait = guesses.pause(nameOf(caller), context.now());
    if (wait > 0) {
      const headers = { 'Retry-After': String(Math.ceil(wait / 1000)) };
      return { ...tooManyRequests('Too many ids were asked for that are not there; wait a minute'), headers };
    }
    const answer = await dispatch(request, within);
    // The answer need not wait for it.
    look(request, answer).catch((error: unknown) => context.onFault?.(error));
    return answer;
  };
}
