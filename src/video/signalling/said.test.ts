import { expect, test } from 'vitest';

import type { FromClient } from './messages.ts';
import { readSaid } from './said.ts';

const digest = 'A'.repeat(43);
const good: FromClient[] = [
  { type: 'desc', to: 'x-_9', description: { type: 'offer', sdp: 'v=0' } },
  { type: 'desc', to: 'x', description: { type: 'rollback', sdp: '' } },
  { type: 'ice', to: 'x', candidate: { candidate: 'c', sdpMid: null, sdpMLineIndex: 0, usernameFragment: 'u' } },
  { type: 'ice', to: 'x', candidate: null },
  { type: 'commit', to: 'x', digest },
  { type: 'reveal', to: 'x', nonce: digest },
  { type: 'chat', text: '<b>Good morning</b>' },
  { type: 'status', audio: true, video: false, sharing: false },
  { type: 'leave' },
  { type: 'ping' },
];

test.each(good)('$type is taken as it was said', (message) => {
  expect(readSaid(JSON.stringify(message))).toEqual(message);
});

test.each([
  ['no JSON', '{'],
  ['nothing', ''],
  ['no object', '[]'],
  ['another type', '{"type":"admit"}'],
  ['what only the server says', '{"type":"hello"}'],
  ['a sender', '{"type":"chat","text":"x","from":"somebody"}'],
  ['a chat to one', '{"type":"chat","text":"x","to":"somebody"}'],
  ['an empty chat', '{"type":"chat","text":"  "}'],
  ['a long chat', JSON.stringify({ type: 'chat', text: 'x'.repeat(2001) })],
  ['an id that is none', '{"type":"commit","to":"a b","digest":"x"}'],
  ['nobody', '{"type":"ice","candidate":null}'],
  ['a description of another kind', '{"type":"desc","to":"x","description":{"type":"offer!","sdp":""}}'],
  ['more in a description', '{"type":"desc","to":"x","description":{"type":"offer","sdp":"","x":1}}'],
  ['a short digest', '{"type":"commit","to":"x","digest":"AAAA"}'],
  ['a prototype', '{"type":"ping","__proto__":{"x":1}}'],
  ['depth', `${'['.repeat(20_000)}${']'.repeat(20_000)}`],
])('V-10 %s is not', (_what, text) => {
  expect(readSaid(text)).toBeNull();
});
