import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';
import { ClarityError } from '@clarity-runtime/core';
import { toPrintableAscii } from '@clarity-runtime/core/internal';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');
/** The usual addresses of local peers. The check of the block list takes 1 µs and runs twice per request. */
const usual = new Set<string | undefined>(['127.0.0.1', '::1', '::ffff:127.0.0.1']);

/** Returns whether an address is in 127/8 or is `::1`, also as an IPv4-mapped address or with a zone. */
export function isLoopbackAddress(address: string | undefined): boolean {
  if (usual.has(address)) return true;
  const plain = address?.split('%', 1)[0] ?? '';
  const family = isIP(plain);
  return family !== 0 && loopback.check(plain, family === 6 ? 'ipv6' : 'ipv4');
}

/** Headers by which proxies name the client: RFC 7239, RFC 9110 §7.6.3, and those in use. */
const FORWARDING = /^(?:forwarded|via|x-forwarded-.+|x-real-ip|x-client-ip|cf-connecting-ip|true-client-ip)$/i;

/** The first letters of those headers. Searching them first is ten times faster for the headers of a usual request. */
const FORWARDING_LETTERS: ReadonlySet<number> = new Set(Array.from('fvxct', (letter) => letter.charCodeAt(0)));
const LOWER_CASE = 0x20;

const isForwarding = (name: string): boolean =>
  FORWARDING_LETTERS.has(name.charCodeAt(0) | LOWER_CASE) && FORWARDING.test(name);

/**
 * Returns why a request does not come directly from a program of this machine; undefined if it does. A proxy on this machine
 * has a loopback address, so its headers or a public host name show it. A plain TCP forward shows nothing.
 */
export function indirectness({
  socket,
  headers,
  rawHeaders,
}: IncomingMessage): 'not loopback' | 'forwarded' | undefined {
  if (!isLoopbackAddress(socket.remoteAddress)) return 'not loopback';
  for (let i = 0; i < rawHeaders.length; i += 2) if (isForwarding(rawHeaders[i] ?? '')) return 'forwarded';
  const host = hostOf(headers.host ?? '');
  return host === 'localhost' || isLoopbackAddress(host) ? undefined : 'forwarded';
}

/** Throws LOOPBACK_REQUIRED when the server would listen for other machines without a token. */
export function assertBindAllowed(host: string, token: string | undefined): void {
  if (token === '') throw new ClarityError('REQUEST_INVALID', 'the token is empty', { field: 'token' });
  if (token !== undefined || host === 'localhost' || isLoopbackAddress(host)) return;
  throw new ClarityError('LOOPBACK_REQUIRED', `--host ${toPrintableAscii(host)}`, {
    field: 'host',
    hint: 'set CLARITYD_AUTH_TOKEN, or bind 127.0.0.1',
  });
}

const AUTHORITY = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9](?:[a-z0-9._-]*[a-z0-9_])?)\.?)(?::\d{1,5})?$/i;
/** Longer authorities are not remembered. */
const MAX_HOST_LENGTH = 300;
const WILDCARDS = new Set(['0.0.0.0', '::', '']);

/** The host names of this server. A request with another name may come from a page that uses DNS rebinding. */
export class HostNames {
  readonly #configured: ReadonlySet<string>;

  /** @throws ClarityError REQUEST_INVALID when a configured name is not a valid host. */
  constructor(bound: string | undefined, configured: readonly string[] = []) {
    const names = configured.map((name) => {
      const host = hostOf(isIP(name) === 6 ? `[${name}]` : name);
      if (host !== undefined && !WILDCARDS.has(host)) return host;
      throw new ClarityError('REQUEST_INVALID', `'${toPrintableAscii(name)}' is not a host name`, {
        field: 'allowedHosts',
      });
    });
    this.#configured = new Set(bound === undefined || WILDCARDS.has(bound) ? names : [...names, bound.toLowerCase()]);
  }

  /** `authority` is the value of `Host`. The port is not compared, so that a forwarded port works. */
  serves(authority: string): boolean {
    const host = hostOf(authority);
    return host !== undefined && (host === 'localhost' || isLoopbackAddress(host) || this.#configured.has(host));
  }
}

/** Clients of one server send the same few authorities. */
const MAX_HOSTS = 64;
const hosts = new Map<string, string | undefined>();

function hostOf(authority: string): string | undefined {
  if (hosts.has(authority)) return hosts.get(authority);
  const match = AUTHORITY.exec(authority);
  const host = (match?.[1] ?? match?.[2])?.toLowerCase();
  if (hosts.size >= MAX_HOSTS) hosts.clear();
  if (authority.length <= MAX_HOST_LENGTH) hosts.set(authority, host);
  return host;
}
