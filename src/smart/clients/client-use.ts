import type { SmartContext } from '../context.ts';
import type { Client } from './client.ts';
import { touchClient } from './clients.ts';

/** Apps whose last use is remembered. */
const REMEMBERED = 10_000;
/** ms between two notes of one app. */
const EVERY = 60_000;

const noted = new WeakMap<SmartContext, Map<string, number>>();

/**
 * Notes that an app got a token, at most once a minute and without being waited for: noting each of hundreds a second would
 * cost more than they do.
 */
export function noteUse(context: SmartContext, { tenant, id }: Client): void {
  const seen = noted.get(context) ?? new Map<string, number>();
  noted.set(context, seen);
  const name = `${tenant} ${id}`;
  const now = context.now();
  if ((seen.get(name) ?? 0) > now - EVERY) return;
  seen.delete(name);
  if (seen.size >= REMEMBERED) for (const oldest of seen.keys()) if (seen.delete(oldest)) break;
  seen.set(name, now);
  touchClient(context.database.byKey, tenant, id).catch(context.onFault);
}
