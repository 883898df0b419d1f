import { BlockList, isIPv6 } from 'node:net';

/** https://www.iana.org/assignments/iana-ipv4-special-registry and its IPv6 companion: what is not the public internet. */
const inside = new BlockList();
for (const [address, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  // Not in the registry: what a cloud tells its machines about themselves.
  ['168.63.129.16', 32],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['192.175.48.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const) {
  inside.addSubnet(address, bits, 'ipv4');
}

/** Global unicast, which is all that the public internet has; less what is in it for tunnels, tests and documentation. */
const outside6 = new BlockList();
outside6.addSubnet('2000::', 3, 'ipv6');
const inside6 = new BlockList();
for (const [address, bits] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const) {
  inside6.addSubnet(address, bits, 'ipv6');
}

/**
 * Whether an address is one of the public internet, rather than of this machine, its network or nothing at all. IPv4 inside
 * IPv6 (::ffff:, 64:ff9b::, 2002::) is not: nobody who means well writes it so.
 *
 * @param address as a resolver gives it
 */
export function isPublicAddress(address: string): boolean {
  const bare = address.replace(/%.*$/, '');
  if (isIPv6(bare)) return outside6.check(bare, 'ipv6') && !inside6.check(bare, 'ipv6');
  return !inside.check(bare, 'ipv4');
}
