import { isIPv4, isIPv6 } from 'node:net';

/** The groups of an IPv6 address that are written before and behind `::`. */
const groups = (text: string): string[] => (text === '' ? [] : text.split(':'));

/** An address of the Internet Protocol as the network it is of: the first 24 bits of version 4, 48 of version 6. */
export function networkPart(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  if (isIPv4(plain)) return `${plain.split('.').slice(0, 3).join('.')}.0/24`;
  if (!isIPv6(plain)) return address;
  const [before = '', behind] = plain.split('::');
  const first = groups(before);
  const last = behind === undefined ? [] : groups(behind);
  const all = [...first, ...Array.from({ length: Math.max(0, 8 - first.length - last.length) }, () => '0'), ...last];
  return `${all.slice(0, 3).join(':')}::/48`;
}
