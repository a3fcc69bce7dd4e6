import { hostname } from 'node:os';
import { isIP } from 'node:net';

/** A daemon of a shared store, as its leases name it: `<random>@<machine>/<host>:<port>`. */
export interface PeerAddress {
  readonly machine: string;
  readonly host: string;
  readonly port: number;
}

const NAME = /^[0-9a-f]{16}@([A-Za-z0-9._-]{1,253})\/([A-Za-z0-9.:_%[\]-]{1,253}):(\d{1,5})$/;

/** This machine, in the alphabet of names. */
export const thisMachine = (): string =>
  hostname()
    .replace(/[^A-Za-z0-9._-]/g, '_')
    .slice(0, 253) || 'unknown';

export const peerName = (random: string, { machine, host, port }: PeerAddress): string =>
  `${random}@${machine}/${isIP(host) === 6 ? `[${host}]` : host}:${String(port)}`;

/** Returns the address in a name; undefined for a name of another form. */
export function addressOfPeer(name: string): PeerAddress | undefined {
  const [, machine, host, port] = NAME.exec(name) ?? [];
  if (machine === undefined || host === undefined || port === undefined || Number(port) > 65_535) return undefined;
  return { machine, host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
}

/** Returns `host:port` of a setting; undefined if it is not one. */
export function hostAndPort(text: string): { readonly host: string; readonly port: number } | undefined {
  const [, host, port] = /^(\[[0-9A-Fa-f:.%]+\]|[A-Za-z0-9._-]+):(\d{1,5})$/.exec(text) ?? [];
  if (host === undefined || port === undefined || Number(port) > 65_535) return undefined;
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
}
