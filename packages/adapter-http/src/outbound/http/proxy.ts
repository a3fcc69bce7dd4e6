import { BlockList, isIP } from 'node:net';
import { ClarityError } from '@clarity-runtime/core';
import { normalizedHost } from './endpoint-rules.ts';
import { classOf } from './network-address.ts';
import type { Environment } from './options.ts';

const FIELD = 'spec.origin.proxy';

/** Names of the variables by the scheme of the endpoint. The lower-case name wins, as in curl. */
const VARIABLES: Readonly<Record<string, readonly string[]>> = {
  'http:': ['http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY'],
  'https:': ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'],
};
const EXCEPTIONS = ['no_proxy', 'NO_PROXY'];

const firstSet = (environment: Environment, names: readonly string[]): string | undefined =>
  names.map((name) => environment[name]?.trim()).find((value) => value !== undefined && value !== '');

/**
 * Returns the proxy of requests to a URL; undefined for a direct connection. `setting` is `spec.origin.proxy`: `inherit`
 * (default) uses the variables of the environment, `none` no proxy. Loopback hosts never use a proxy.
 * @throws ClarityError MANIFEST_INVALID unless the proxy is an http or https URL.
 */
export function proxyOf(url: URL, setting: string | undefined, environment: Environment): URL | undefined {
  if (setting === 'none' || isLoopbackHost(url)) return undefined;
  if (setting !== undefined && setting !== 'inherit') return proxyUrl(setting, FIELD);
  const names = VARIABLES[url.protocol] ?? [];
  const text = firstSet(environment, names);
  if (text === undefined || isException(url, firstSet(environment, EXCEPTIONS) ?? '')) return undefined;
  return proxyUrl(text, names.find((name) => environment[name]?.trim() === text) ?? FIELD);
}

function proxyUrl(text: string, origin: string): URL {
  const full = text.includes('://') ? text : `http://${text}`;
  const url = URL.canParse(full) ? new URL(full) : undefined;
  if (url !== undefined && (url.protocol === 'http:' || url.protocol === 'https:') && url.hostname !== '') return url;
  const words = /^socks/i.test(full) ? 'SOCKS proxies are not supported' : 'the value is not an http or https URL';
  throw new ClarityError('MANIFEST_INVALID', `the proxy of ${origin} cannot be used: ${words}`, {
    field: FIELD,
    hint: 'name an http:// or https:// proxy, or set spec.origin.proxy to none',
  });
}

function isLoopbackHost({ hostname }: URL): boolean {
  const host = normalizedHost(hostname);
  return host === 'localhost' || host.endsWith('.localhost') || (isIP(host) !== 0 && classOf(host) === 'loopback');
}

/**
 * Tells whether `NO_PROXY` excepts the URL. Entries are separated by commas or blanks: `*`, a host with its subdomains (a
 * leading `.` or `*.` is the same), an address, or a network like `10.0.0.0/8`; each but `*` may end with a port.
 */
export function isException(url: URL, exceptions: string): boolean {
  const host = normalizedHost(url.hostname);
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  return exceptions
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => entry === '*' || (entry !== '' && isMatch(entry, host, port)));
}

function isMatch(entry: string, host: string, port: string): boolean {
  const wanted = isIP(entry) === 0 ? /:(\d{1,5})$/.exec(entry)?.[1] : undefined;
  if (wanted !== undefined && wanted !== port) return false;
  const bare = wanted === undefined ? entry : entry.slice(0, -wanted.length - 1);
  if (isIP(host) !== 0) return isInNetwork(bare.replace(/^\[|\]$/g, ''), host);
  const domain = normalizedHost(bare.replace(/^\*?\./, ''));
  return domain !== '' && (host === domain || host.endsWith(`.${domain}`));
}

function isInNetwork(network: string, address: string): boolean {
  const [base = '', prefix] = network.split('/');
  const family = isIP(base);
  if (family === 0 || family !== isIP(address)) return false;
  if (prefix === undefined) return normalizedHost(base) === address;
  const bits = Number(prefix);
  if (!/^\d{1,3}$/.test(prefix) || bits > (family === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  const kind = family === 4 ? 'ipv4' : 'ipv6';
  list.addSubnet(base, bits, kind);
  return list.check(address, kind);
}
