import { randomUUID } from 'node:crypto';

import type { SmartContext } from '../context.ts';
import { seal, unseal } from '../secret.ts';

type On = Pick<SmartContext, 'secret' | 'now'>;

/**
 * A note that this server hands out and gets back later, unread and unchanged: in a cookie or in a field of a form. No two
 * are alike.
 *
 * @param label what it is for and to whom it was given; it opens under no other
 * @param minutes after which it does not open any more
 */
export const sealNote = (on: On, label: string, note: unknown, minutes: number): string =>
  seal(on.secret, `note ${label}`, JSON.stringify([randomUUID(), on.now() + minutes * 60_000, note]));

/** The note and when it ends; null: not ours, not under this label, changed, or too late. */
export function openNote(on: On, label: string, sealed: string): { note: unknown; expires: Date } | null {
  let text: string;
  try {
    text = unseal(on.secret, `note ${label}`, sealed);
  } catch {
    return null;
  }
  const [, expires, note] = JSON.parse(text) as [string, number, unknown]; // sealNote made it
  return on.now() < expires ? { note, expires: new Date(expires) } : null;
}
