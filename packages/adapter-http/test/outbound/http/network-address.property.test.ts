import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { classOf, plainAddress } from '../../../src/outbound/http/network-address.ts';

const ipv4 = fc.ipV4();

test('classOf returns one class for every form of an IPv4 address', () => {
  fc.assert(
    fc.property(ipv4, (address) => {
      const hex = address.split('.').map((part) => Number(part).toString(16).padStart(2, '0'));
      const pair = `${hex.slice(0, 2).join('')}:${hex.slice(2).join('')}`;
      for (const spelling of [
        `::ffff:${address}`,
        `::ffff:${pair}`,
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
  ['2606:2800:220:1::1', 'public'],
])('classOf %s is %s', (address, kind) => {
  expect(classOf(address)).toBe(kind);
});
