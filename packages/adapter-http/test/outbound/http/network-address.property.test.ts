import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { classOf, isMetadataName, plainAddress } from '../../../src/outbound/http/network-address.ts';
import { ADDRESS_BLOCKS, EMBEDDED_FORMS, METADATA_NAMES } from '../../../src/outbound/http/special-addresses.ts';

const ipv4 = fc.ipV4();

test('classOf returns one class for every form of an IPv4 address', () => {
  fc.assert(
    fc.property(ipv4, (address) => {
      const hex = address.split('.').map((part) => Number(part).toString(16).padStart(2, '0'));
      const pair = `${hex.slice(0, 2).join('')}:${hex.slice(2).join('')}`;
      for (const spelling of [
        `::ffff:${address}`,
        `::ffff:${pair}`,
        `::ffff:0:${pair}`,
        `64:ff9b::${pair}`,
        `2002:${pair}::1`,
        `[::ffff:${address}]`,
      ]) {
        expect(plainAddress(spelling)).toBe(address);
        expect(classOf(spelling)).toBe(classOf(address));
      }
    }),
  );
});

test('classOf returns a class for any text, and `special` for text that is not an address', () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV6(), fc.string()), (text) => {
      expect(['loopback', 'private', 'special', 'public']).toContain(classOf(text));
    }),
  );
  for (const text of ['', 'localhost', '1.2.3', '1.2.3.4.5', ':::']) expect(classOf(text)).toBe('special');
});

test.each([
  ['127.0.0.1', 'loopback'],
  ['127.255.255.254', 'loopback'],
  ['::1', 'loopback'],
  ['::1%lo', 'loopback'],
  ['::ffff:127.0.0.2', 'loopback'],
  ['::', 'special'],
  ['0.0.0.0', 'special'],
  ['169.254.0.1', 'special'],
  ['100.100.100.200', 'special'],
  ['fe80::1%eth0', 'special'],
  ['239.1.1.1', 'special'],
  ['255.255.255.255', 'special'],
  ['10.1.1.1', 'private'],
  ['172.31.255.255', 'private'],
  ['172.32.0.1', 'public'],
  ['100.64.0.1', 'private'],
  ['fd12::1', 'private'],
  ['93.184.216.34', 'public'],
  ['192.0.0.192', 'special'],
  ['192.0.2.1', 'special'],
  ['192.31.196.1', 'public'],
  ['192.88.99.1', 'special'],
  ['198.18.0.1', 'private'],
  ['203.0.113.9', 'special'],
  ['168.63.129.16', 'special'],
  ['64:ff9b:1:a9fe:a9:fe00::', 'special'],
  ['64:ff9b:1::127.0.0.1', 'special'],
  ['100::1', 'special'],
  ['2001::1', 'special'],
  ['2001:4:112::1', 'public'],
  ['2001:db8::1', 'special'],
  ['2606:2800:220:1:0:5efe:10.0.0.1', 'private'],
  ['2606:2800:220:1:200:5efe:169.254.169.254', 'special'],
  ['3fff:fff::1', 'special'],
  ['4000::1', 'special'],
  ['5f00::1', 'special'],
  ['fd00:ec2::254', 'special'],
  ['fd20:ce::254', 'special'],
  ['fd00:c1::a9fe:a9fe', 'special'],
  ['fec0::1', 'private'],
  ['2606:2800:220:1::1', 'public'],
])('classOf %s is %s', (address, kind) => {
  expect(classOf(address)).toBe(kind);
});

/** Returns an address of a block with random bits behind its prefix, as bytes. */
function within(block: string, random: Uint8Array): readonly number[] {
  const [network = '', bits = ''] = block.split('/');
  const bytes = ipaddr.parse(network).toByteArray();
  return bytes.map((byte, at) => {
    const fixed = Math.min(8, Math.max(0, Number(bits) - at * 8));
    const mask = (0xff << (8 - fixed)) & 0xff;
    return (byte & mask) | ((random[at] ?? 0) & ~mask & 0xff);
  });
}
const textOf = (bytes: readonly number[]): string => ipaddr.fromByteArray([...bytes]).toString();
const random = fc.uint8Array({ minLength: 16, maxLength: 16 });
const RESTRICTIONS = ['public', 'private', 'loopback', 'special'];

test('classOf never returns a weaker class than the most specific block of the table', () => {
  const sizeOf = ({ block }: { readonly block: string }): number => Number(block.split('/')[1]);
  fc.assert(
    fc.property(fc.constantFrom(...ADDRESS_BLOCKS), random, (row, bits) => {
      const text = textOf(within(row.block, bits));
      const containing = ADDRESS_BLOCKS.filter(({ block }) => {
        const [network, size] = ipaddr.parseCIDR(block);
        const address = ipaddr.parse(text);
        return address.kind() === network.kind() && address.match(network, size);
      });
      const [closest] = containing.toSorted((a, b) => sizeOf(b) - sizeOf(a));
      fc.pre(EMBEDDED_FORMS.every(({ block, isSame }) => !isSame || !isWithin(text, block)));
      expect(RESTRICTIONS.indexOf(classOf(text))).toBeGreaterThanOrEqual(RESTRICTIONS.indexOf(closest?.kind ?? ''));
    }),
    { numRuns: 200 },
  );
});

const isWithin = (text: string, block: string): boolean => {
  const address = ipaddr.parse(text);
  const [network, size] = ipaddr.parseCIDR(block);
  return address.kind() === network.kind() && address.match(network, size);
};

test('classOf never returns a weaker class than that of an embedded IPv4 address', () => {
  fc.assert(
    fc.property(fc.constantFrom(...EMBEDDED_FORMS), random, ipv4, ({ block, bytes }, bits, address) => {
      const all = [...within(block, bits)];
      const parts = address.split('.').map(Number);
      for (const [i, at] of bytes.entries()) all[at] = parts[i] ?? 0;
      const found = RESTRICTIONS.indexOf(classOf(textOf(all)));
      expect(found).toBeGreaterThanOrEqual(RESTRICTIONS.indexOf(classOf(address)));
    }),
    { numRuns: 200 },
  );
});

test('isMetadataName accepts each name of the table and names below it', () => {
  for (const name of Object.keys(METADATA_NAMES)) {
    expect([name, isMetadataName(name), isMetadataName(`a.${name}`)]).toEqual([name, true, true]);
    expect([name, isMetadataName(`x${name}`)]).toEqual([name, false]);
  }
});
