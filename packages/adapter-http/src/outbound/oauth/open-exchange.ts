import { systemClock } from '@clarity-runtime/core';
import type { AuthorizationClient } from '@clarity-runtime/core/ports';
import { EndpointRules } from '../http/endpoint-rules.ts';
import type { HttpConnectorOptions } from '../http/options.ts';
import { ServerDiscovery } from './discovery.ts';
import { MetadataReader } from './metadata-reader.ts';
import { OAuthExchange } from './oauth-exchange.ts';
import { OAuthHttp } from './oauth-http.ts';

/** Settings of `oauthClient`. Each has a default. */
export interface OAuthClientOptions extends Pick<
  HttpConnectorOptions,
  'allowedHosts' | 'denyPrivate' | 'ownAddresses' | 'resolve' | 'environment'
> {
  /** Name of this client in registrations. Default: `Clarity Runtime`. */
  readonly clientName?: string;
  /** Wall clock in milliseconds since the epoch. */
  readonly now?: () => number;
}

/** Returns the exchange with authorization servers. `oauth-client.ts` loads this module at the first use. */
export function openExchange(options: OAuthClientOptions): AuthorizationClient {
  const now = options.now ?? ((): number => systemClock.wall().getTime());
  const http = new OAuthHttp(new EndpointRules(options), options.environment ?? {});
  const discovery = new ServerDiscovery(http, new MetadataReader(http, now));
  return new OAuthExchange({ http, discovery, now, clientName: options.clientName ?? 'Clarity Runtime' });
}
