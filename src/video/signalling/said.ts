import { z } from 'zod';

import type { FromClient } from './messages.ts';

/** Characters of one chat message. */
const LONGEST = 2000;

const to = z.string().regex(/^[\w-]{1,64}$/);
const sdp = z.string().max(60_000);
const digest = z.string().regex(/^[\w-]{43}$/);
const candidate = z.strictObject({
  candidate: z.string().max(1000),
  sdpMid: z.string().max(64).nullish(),
  sdpMLineIndex: z.int().min(0).max(256).nullish(),
  usernameFragment: z.string().max(256).nullish(),
});

/** What a browser may say, member by member: anything else is not handed on. */
const said = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('desc'),
    to,
    description: z.strictObject({ type: z.enum(['offer', 'answer', 'pranswer', 'rollback']), sdp }),
  }),
  z.strictObject({ type: z.literal('ice'), to, candidate: candidate.nullable() }),
  z.strictObject({ type: z.literal('commit'), to, digest }),
  z.strictObject({ type: z.literal('reveal'), to, nonce: digest }),
  z.strictObject({ type: z.literal('chat'), text: z.string().trim().min(1).max(LONGEST) }),
  z.strictObject({ type: z.literal('status'), audio: z.boolean(), video: z.boolean(), sharing: z.boolean() }),
  z.strictObject({ type: z.literal('leave') }),
  z.strictObject({ type: z.literal('ping') }),
]);

/** What was said; null: it is none of that. */
export function readSaid(text: string): FromClient | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const parsed = said.safeParse(value);
  return parsed.success ? parsed.data : null;
}
