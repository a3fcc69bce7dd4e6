import { ClarityError } from '@clarity-runtime/core';
import type { AuthorizationClient } from '@clarity-runtime/core/ports';

/**
 * Limits the logins to authorization servers that the application allows. `client` reads the metadata of another server, but
 * never sends it a registration, a code or a token.
 */
export function limitedIssuers(
  client: AuthorizationClient,
  isAllowed: (issuer: string) => boolean,
): AuthorizationClient {
  return {
    discover: async (target, signal) => {
      const server = await client.discover(target, signal);
      if (server !== undefined && !isAllowed(server.issuer)) {
        throw new ClarityError('ENDPOINT_FORBIDDEN', `the application allows no logins at ${server.issuer}`);
      }
      return server;
    },
    // The other requests go to a server that `discover` returned.
    register: (...args) => client.register(...args),
    authorize: (...args) => client.authorize(...args),
    exchange: (...args) => client.exchange(...args),
    refresh: (...args) => client.refresh(...args),
    clientCredentials: (...args) => client.clientCredentials(...args),
    revoke: (...args) => client.revoke(...args),
  };
}
