import { lazyModule } from '@clarity-runtime/core/internal';
import type { AuthorizationClient } from '@clarity-runtime/core/ports';
import type { OAuthClientOptions } from './open-exchange.ts';

const loadExchange = lazyModule({ load: () => import('./open-exchange.ts'), has: 'openExchange' });

/**
 * Returns the exchange with authorization servers, under the same rules for endpoints as the HTTP connector. Its code is loaded
 * at the first use, because most starts need none of it.
 */
export function oauthClient(options: OAuthClientOptions = {}): AuthorizationClient {
  let opened: AuthorizationClient | undefined;
  const open = async (): Promise<AuthorizationClient> => (opened ??= (await loadExchange()).openExchange(options));
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
