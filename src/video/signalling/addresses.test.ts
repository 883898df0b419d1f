import { expect, test } from 'vitest';

import { relayedOnly } from './addresses.ts';

const to = 'other';
const relay = 'candidate:3 1 udp 16777215 203.0.113.7 50000 typ relay raddr 198.51.100.4 rport 61234 generation 0';

test.each([
  'candidate:1 1 udp 2122260223 192.168.1.5 61234 typ host generation 0',
  'candidate:1 1 udp 2122260223 fd00::5 61234 typ host',
  'candidate:1 1 udp 2122260223 0e5a3f1c-11aa.local 61234 typ host',
  'candidate:2 1 udp 1686052607 198.51.100.4 61234 typ srflx raddr 192.168.1.5 rport 61234',
  'candidate:4 1 udp 1686052607 198.51.100.4 61234 typ prflx raddr 192.168.1.5 rport 61234',
  'candidate:5 1 tcp 1518280447 192.168.1.5 9 typ host tcptype active',
  'relay relay relay',
])('V-11 who is relayed alone does not hand out %s', (candidate) => {
  expect(relayedOnly({ type: 'ice', to, candidate: { candidate, sdpMid: '0' } })).toBeNull();
});

test('V-11 a relay is handed out without where it is reached from', () => {
  const cleared = relayedOnly({ type: 'ice', to, candidate: { candidate: relay, sdpMid: '0' } });
  expect(JSON.stringify(cleared)).toContain('203.0.113.7 50000 typ relay raddr 0.0.0.0 rport 9');
  expect(JSON.stringify(cleared)).not.toContain('198.51.100.4');
});

test('that there are no more candidates is handed on', () => {
  const last = { type: 'ice', to, candidate: null } as const;
  expect(relayedOnly(last)).toEqual(last);
  const empty = { type: 'ice', to, candidate: { candidate: '' } } as const;
  expect(relayedOnly(empty)).toEqual(empty);
});

test('V-11 a description has no address but those of relays, and is the same else', () => {
  const sdp = [
    'v=0',
    'o=- 46117 2 IN IP4 192.168.1.5',
    's=-',
    't=0 0',
    'm=audio 61234 UDP/TLS/RTP/SAVPF 111',
    'c=IN IP4 198.51.100.4',
    'a=rtcp:61235 IN IP4 198.51.100.4',
    'a=candidate:1 1 udp 2122260223 192.168.1.5 61234 typ host',
    'a=candidate:2 1 udp 1686052607 198.51.100.4 61234 typ srflx raddr 192.168.1.5 rport 61234',
    `a=${relay}`,
    'a=fingerprint:sha-256 AA:BB',
    'a=end-of-candidates',
    '',
  ].join('\r\n');
  const cleared = relayedOnly({ type: 'desc', to, description: { type: 'offer', sdp } });
  const lines = cleared?.type === 'desc' ? cleared.description.sdp.split('\r\n') : [];
  expect(lines.join('\n')).not.toMatch(/192\.168|198\.51/);
  expect(lines).toEqual([
    'v=0',
    'o=- 46117 2 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    'm=audio 61234 UDP/TLS/RTP/SAVPF 111',
    'c=IN IP4 0.0.0.0',
    'a=rtcp:9 IN IP4 0.0.0.0',
    'a=candidate:3 1 udp 16777215 203.0.113.7 50000 typ relay raddr 0.0.0.0 rport 9 generation 0',
    'a=fingerprint:sha-256 AA:BB',
    'a=end-of-candidates',
    '',
  ]);
});
