import { BlockList, isIP } from 'node:net';
import { ClarityError, printable } from '@clarity-runtime/core';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');
/** What nearly every local peer is called: the list takes a microsecond, and it is asked twice for every request. */
const usual = new Set<string | undefined>(['127.0.0.1', '::1', '::ffff:127.0.0.1']);

/** All of 127/8 and `::1`, also as an IPv4-mapped address or with a zone; nothing else. */
export function isLoopbackAddress(address: string | undefined): boolean {
  if (usual.has(address)) return true;
  const plain = address?.replace(/%.*$/, '') ?? '';
  const family = isIP(plain);
  return family !== 0 && loopback.check(plain, family === 6 ? 'ipv6' : 'ipv4');
}

/** Refuses to offer the API to other machines without a token. */
export function assertBindAllowed(host: string, token: string | undefined): void {
  if (token === '') throw new ClarityError('REQUEST_INVALID', 'the token is empty', { field: 'token' });
  if (token !== undefined || host === 'localhost' || isLoopbackAddress(host)) return;
  throw new ClarityError('LOOPBACK_REQUIRED', `--host ${printable(host)}`, {
    field: 'host',
    hint: 'set CLARITYD_AUTH_TOKEN, or bind 127.0.0.1',
  });
}
