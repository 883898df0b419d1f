import type { FromClient } from './messages.ts';

/** What one browser says to another. */
export type Handed = Extract<FromClient, { to: string }>;

const isRelay = (line: string): boolean => / typ relay( |$)/.test(line);

/** A relay's own address is known; the one that it is reached from is what is to be hidden. */
const withoutOrigin = (line: string): string =>
  line.replace(/ raddr \S+/, ' raddr 0.0.0.0').replace(/ rport \d+/, ' rport 9');

/**
 * What a browser says of how it is reached, without any address but those of relays: browsers put the real ones in once they
 * may use the camera. Null: nothing is left to be said.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8828
 */
export function relayedOnly(said: Handed): Handed | null {
  if (said.type === 'ice') {
    if (said.candidate === null || said.candidate.candidate === '') return said;
    if (!isRelay(said.candidate.candidate)) return null;
    return { ...said, candidate: { ...said.candidate, candidate: withoutOrigin(said.candidate.candidate) } };
  }
  if (said.type !== 'desc') return said;
  const lines = said.description.sdp
    .split(/\r\n|\n/)
    .filter((line) => !line.startsWith('a=candidate:') || isRelay(line))
    .map((line) => {
      if (line.startsWith('a=candidate:')) return withoutOrigin(line);
      if (line.startsWith('c=IN IP')) return 'c=IN IP4 0.0.0.0';
      if (line.startsWith('a=rtcp:')) return 'a=rtcp:9 IN IP4 0.0.0.0';
      return line.startsWith('o=') ? line.replace(/ IN IP[46] \S+$/, ' IN IP4 127.0.0.1') : line;
    });
  return { ...said, description: { ...said.description, sdp: lines.join('\r\n') } };
}
