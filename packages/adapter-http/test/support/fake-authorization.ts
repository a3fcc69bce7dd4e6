import { Secret, type TokenSet } from '@clarity-runtime/core';
import type { AuthorizationClient } from '@clarity-runtime/core/ports';

const tokens = (): Promise<TokenSet> =>
  Promise.resolve({
    accessToken: new Secret('access'),
    refreshToken: new Secret('refresh'),
    expiresAt: Date.now() + 3_600_000,
  });

/** An exchange with an authorization server in this process, which accepts every client and every code. */
export const fakeAuthorization: AuthorizationClient = {
  discover: () =>
    Promise.resolve({
      issuer: 'https://issuer.example',
      metadata: { token_endpoint: 'https://issuer.example/token' },
      resource: 'https://far.example/mcp',
      registersClients: true,
      acceptsClientDocuments: false,
    }),
  register: () => Promise.resolve({ id: 'client-1', method: 'none' }),
  authorize: (_server, _client, { redirectUri, scopes }) => {
    const secrets = { state: new Secret('state'), verifier: new Secret('verifier') };
    return Promise.resolve({ url: 'https://issuer.example/authorize', request: { redirectUri, scopes, ...secrets } });
  },
  exchange: tokens,
  refresh: tokens,
  clientCredentials: tokens,
  revoke: () => Promise.resolve(),
};
