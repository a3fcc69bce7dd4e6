import { webAddress } from './values.ts';
import type { Setting } from './setting.ts';

/** Settings of the MCP registry of `install`. */
export const registrySettings = {
  registry: {
    flag: 'registry',
    variables: ['CLARITY_REGISTRY_URL'],
    schema: webAddress,
    fallback: new URL('https://registry.modelcontextprotocol.io'),
    expects: 'an https URL without a user name, a query or a fragment',
    describe: 'URL of the MCP registry (API v0.1)',
    fallbackText: 'https://registry.modelcontextprotocol.io',
  } as Setting<URL>,
} as const;
