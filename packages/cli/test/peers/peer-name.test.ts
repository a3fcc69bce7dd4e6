import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addressOfPeer, hostAndPort, peerName, thisMachine } from '../../src/peers/peer-name.ts';

test('law: a name contains the address that it was made from', () => {
  const address = fc.record({
    machine: fc.stringMatching(/^[A-Za-z0-9._-]{1,40}$/),
    host: fc.oneof(fc.ipV4(), fc.ipV6(), fc.domain()),
    port: fc.nat(65_535),
  });
  fc.assert(
    fc.property(address, fc.stringMatching(/^[0-9a-f]{16}$/), (given, random) => {
      expect(addressOfPeer(peerName(random, given))).toEqual(given);
    }),
  );
});

test.each([
  '',
  'holder',
  'a@b',
  '0123456789abcdef@m/host',
  '0123456789abcdef@m/host:70000',
  '0123456789abcdef@m/h/x:1',
])('%p is not the name of a daemon with an address', (name) => {
  expect(addressOfPeer(name)).toBeUndefined();
});

test('host and port of a setting', () => {
  expect(hostAndPort('[::1]:0')).toEqual({ host: '::1', port: 0 });
  expect(hostAndPort('clarity-0.internal:4708')).toEqual({ host: 'clarity-0.internal', port: 4708 });
  for (const text of ['4708', 'host', 'host:70000', '::1:4708', 'a b:1']) expect(hostAndPort(text)).toBeUndefined();
  expect(thisMachine()).toMatch(/^[A-Za-z0-9._-]+$/);
});
