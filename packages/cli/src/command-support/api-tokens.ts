import type { ApiClient } from '../api/api-client.ts';
import type { TokenIssuer } from '../composition/client-tokens.ts';

const YEAR_SECONDS = 365 * 24 * 60 * 60;

/** Creates tokens through the API of a daemon. Those of clients live a year: `clarityctl bootstrap` renews them. */
export const apiTokens = (api: ApiClient): TokenIssuer => ({
  list: async () => (await api.tokens()).items,
  create: async (name, { verbs, profile }) => {
    const { token } = await api.createToken({
      name,
      grants: [{ verbs: [...verbs], services: ['*'], tools: ['*'] }],
      doors: ['mcp'],
      lifeSeconds: YEAR_SECONDS,
      note: 'written by clarityctl for an AI client',
      ...(profile === undefined ? {} : { profile }),
    });
    return token;
  },
  rotate: async (name) => (await api.rotateToken(name, undefined)).token,
  revoke: async (name) => {
    await api.revokeToken(name);
  },
});
