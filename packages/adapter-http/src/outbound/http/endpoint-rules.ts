import { lookup } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { networkInterfaces } from 'node:os';
import { domainToASCII } from 'node:url';
import { ClarityError } from '@clarity-runtime/core';
import { toPrintableAscii } from '@clarity-runtime/core/internal';
import type { HttpConnectorOptions } from './options.ts';
import { classOf, isMetadataName, plainAddress } from './network-address.ts';

type RuleOptions = Pick<HttpConnectorOptions, 'allowedHosts' | 'denyPrivate' | 'ownAddresses' | 'resolve'>;

const FIELD = 'spec.origin.endpoint';

/** The rules for endpoints of services. They apply when a manifest is registered and again for every connection. */
export class EndpointRules {
  readonly #allowed: ReadonlySet<string>;
  readonly #options: RuleOptions;

  constructor(options: RuleOptions) {
    this.#options = options;
    this.#allowed = new Set((options.allowedHosts ?? []).map(normalizedHost));
  }

  /**
   * Checks a URL without resolving its name. `isProxied`: a proxy resolves it, so that `denyPrivate` allows listed hosts only.
   * @throws ClarityError ENDPOINT_FORBIDDEN, PROXY_FORBIDDEN.
   */
  check(url: URL, isProxied = false): void {
    const host = normalizedHost(url.hostname);
    if (isProxied && this.#options.denyPrivate === true && !this.#allowed.has(host)) {
      throw new ClarityError('PROXY_FORBIDDEN', `'${toPrintableAscii(host)}'`, { field: FIELD });
    }
    if (this.#allowed.size > 0 && !this.#allowed.has(host)) {
      throw refusal(`host '${toPrintableAscii(host)}' is not in CLARITY_REMOTE_ALLOWED_HOSTS`);
    }
    if (isIP(host) !== 0) this.#checkAddress(host, { port: portOf(url), namedLoopback: true });
    else if (isMetadataName(host) && !this.#allowed.has(host)) throw refusal(`'${host}' serves credentials`);
    else if (isLoopbackName(host) && this.#isOwn('127.0.0.1', portOf(url))) throw itself();
  }

  /** Returns the lookup of connections to the URL. It checks every address, and the connection uses a checked address. */
  lookupFor(url: URL): LookupFunction {
    const at = { port: portOf(url), namedLoopback: isLoopbackName(normalizedHost(url.hostname)) };
    return (hostname, options, done) => {
      this.#resolve(hostname)
        .then((addresses) => {
          for (const address of addresses) this.#checkAddress(address, at);
          const found = addresses.map((address) => ({ address, family: isIP(address) }));
          const [first] = found;
          if (first === undefined) throw new Error('the name has no address');
          if (options.all === true) done(null, found);
          else done(null, first.address, first.family);
        })
        .catch((error: unknown) => {
          done(error as Error, '', 0);
        });
    };
  }

  async #resolve(hostname: string): Promise<readonly string[]> {
    if (this.#options.resolve !== undefined) return this.#options.resolve(hostname);
    return (await lookup(hostname, { all: true })).map(({ address }) => address);
  }

  #checkAddress(address: string, { port, namedLoopback }: { port: number; namedLoopback: boolean }): void {
    const plain = plainAddress(address);
    if (this.#isOwn(plain, port)) throw itself();
    if (this.#allowed.has(plain)) return;
    switch (classOf(plain)) {
      case 'special':
        throw refusal(`${plain} is a reserved address`);
      case 'loopback':
        if (namedLoopback) return;
        throw refusal(
          `the host resolves to ${plain}, which is this machine`,
          'use the host name localhost for a service here',
        );
      case 'private':
        if (this.#options.denyPrivate === true) throw refusal(`${plain} is in a private network`);
    }
  }

  #isOwn(address: string, port: number): boolean {
    const reached = isUnspecified(address) ? '127.0.0.1' : address;
    const own = (this.#options.ownAddresses?.() ?? []).filter((each) => each.port === port);
    return own.some(({ host }) => {
      const mine = plainAddress(host);
      if (isLoopbackName(mine)) return isLoopback(reached);
      if (isUnspecified(mine)) return isLoopback(reached) || isOfThisMachine(reached);
      return mine === reached;
    });
  }
}

/** Returns a host in lower case and ASCII, without brackets and the dot of the root. */
export function normalizedHost(host: string): string {
  const bare = host
    .trim()
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');
  return isIP(bare) === 0 ? domainToASCII(bare) : plainAddress(bare);
}

const portOf = ({ port, protocol }: URL): number => (port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port));
const isLoopbackName = (host: string): boolean =>
  host === 'localhost' || host.endsWith('.localhost') || isLoopback(host);
const isLoopback = (host: string): boolean => isIP(host) !== 0 && classOf(host) === 'loopback';
const isUnspecified = (address: string): boolean => address === '0.0.0.0' || address === '::';
const isOfThisMachine = (address: string): boolean =>
  Object.values(networkInterfaces()).some((list) => list?.some((each) => plainAddress(each.address) === address));

const refusal = (subject: string, hint?: string): ClarityError =>
  new ClarityError('ENDPOINT_FORBIDDEN', subject, { field: FIELD, ...(hint === undefined ? {} : { hint }) });
const itself = (): ClarityError => refusal('the endpoint is this runtime itself', 'use the endpoint of the service');
