import { SUPPORTED_REVISIONS } from '@clarity-runtime/core';

/** What a person sees who opens the endpoint in a browser. */
export const ENDPOINT_INFO = {
  name: 'clarity-runtime gateway',
  protocol: 'jsonrpc-2.0',
  protocolVersions: SUPPORTED_REVISIONS,
  supportedMethods: [
    'server/discover',
    'subscriptions/listen',
    'initialize',
    'ping',
    'logging/setLevel',
    'tools/list',
    'tools/call',
    'prompts/list',
    'prompts/get',
    'resources/list',
    'resources/templates/list',
    'resources/read',
    'resources/subscribe',
    'resources/unsubscribe',
    'completion/complete',
  ],
} as const;
