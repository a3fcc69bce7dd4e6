import { BlockList, isIP, isIPv4 } from 'node:net';

/** `special`: link-local addresses with cloud metadata, unspecified, multicast and reserved addresses. */
export type AddressClass = 'loopback' | 'private' | 'special' | 'public';

type Subnet = readonly [address: string, prefix: number];

const listOf = (v4: readonly Subnet[], v6: readonly Subnet[]): BlockList => {
  const list = new BlockList();
  for (const [address, prefix] of v4) list.addSubnet(address, prefix, 'ipv4');
  for (const [address, prefix] of v6) list.addSubnet(address, prefix, 'ipv6');
  return list;
};

const LOOPBACK = listOf([['127.0.0.0', 8]], [['::1', 128]]);
const SPECIAL = listOf(
  [
    ['0.0.0.0', 8],
    ['169.254.0.0', 16],
    ['100.100.100.200', 32],
    ['224.0.0.0', 4],
    ['240.0.0.0', 4],
  ],
  [
    ['::', 128],
    ['fd00:ec2::', 32],
    ['fe80::', 10],
    ['ff00::', 8],
  ],
);
const PRIVATE = listOf(
  [
    ['10.0.0.0', 8],
    ['100.64.0.0', 10],
    ['172.16.0.0', 12],
    ['192.168.0.0', 16],
  ],
  [['fc00::', 7]],
);

/** Prefixes of IPv6 addresses that contain an IPv4 address, and the group at which it begins. */
const EMBEDDING: readonly (readonly [list: BlockList, group: number])[] = [
  [listOf([], [['::ffff:0:0', 96]]), 6],
  [listOf([], [['::', 96]]), 6],
  [listOf([], [['64:ff9b::', 96]]), 6],
  [listOf([], [['2002::', 16]]), 1],
];

/** Returns the class of an address. An embedded IPv4 address decides for its IPv6 address; invalid text is `special`. */
export function classOf(address: string): AddressClass {
  const text = plainAddress(address);
  const family = isIP(text);
  if (family === 0) return 'special';
  const kind = family === 4 ? 'ipv4' : 'ipv6';
  if (LOOPBACK.check(text, kind)) return 'loopback';
  if (SPECIAL.check(text, kind)) return 'special';
  return PRIVATE.check(text, kind) ? 'private' : 'public';
}

/** Returns an address without brackets and zone, and an embedded IPv4 address in its own form. */
export function plainAddress(address: string): string {
  const text = address.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  if (isIP(text) !== 6) return text;
  const groups = groupsOf(text);
  // `::1` and `::` match the prefix `::/96`, and contain no IPv4 address.
  if (groups.slice(0, 7).every((group) => group === 0) && (groups[7] ?? 0) <= 1) return text;
  const found = EMBEDDING.find(([list]) => list.check(text, 'ipv6'));
  if (found === undefined) return text;
  const [high = 0, low = 0] = groups.slice(found[1], found[1] + 2);
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

/** Returns the eight groups of a valid IPv6 address. */
function groupsOf(address: string): readonly number[] {
  const dotted = address.slice(address.lastIndexOf(':') + 1);
  const text = isIPv4(dotted) ? address.replace(dotted, hexPair(dotted)) : address;
  const [head = '', tail] = text.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  return [...before, ...(tail === undefined ? [] : zeros), ...after].map((group) => parseInt(group, 16));
}

function hexPair(dotted: string): string {
  const [a = 0, b = 0, c = 0, d = 0] = dotted.split('.').map(Number);
  return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
}
