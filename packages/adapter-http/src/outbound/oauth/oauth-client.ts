import type { AuthorizationClient } from '@clarity-runtime/core/ports';
import type { HttpConnectorOptions } from '../http/options.ts';

export interface OAuthClientOptions extends Pick<
  HttpConnectorOptions,
  'allowedHosts' | 'denyPrivate' | 'ownAddresses' | 'resolve' | 'environment'
> {
  /** Name of this client in registrations. Default: `Clarity Runtime`. */
  readonly clientName?: string;
  /** Wall clock in milliseconds since the epoch. */
  readonly now?: () => number;
}

/**
 * Returns the exchange with authorization servers, under the same rules for endpoints as the HTTP connector. Its code is loaded
 * at the first use, because most starts need none of it.
 */
export function oauthClient(options: OAuthClientOptions = {}): AuthorizationClient {
  let opened: AuthorizationClient | undefined;
  const open = async (): Promise<AuthorizationClient> =>
    (opened ??= (await import('./open-exchange.ts')).openExchange(options));
  return {
    discover: async (...given) => (await open()).discover(...given),
    register: async (...given) => (await open()).register(...given),
    authorize: async (...given) => (await open()).authorize(...given),
    exchange: async (...given) => (await open()).exchange(...given),
    refresh: async (...given) => (await open()).refresh(...given),
    clientCredentials: async (...given) => (await open()).clientCredentials(...given),
    revoke: async (...given) => (await open()).revoke(...given),
  };
}
