import { SUPPORTED_REVISIONS } from '@clarity-runtime/core';

/** What a person sees who opens the endpoint in a browser. */
export const ENDPOINT_INFO = {
  name: 'clarity-runtime gateway',
  protocol: 'jsonrpc-2.0',
  protocolVersions: SUPPORTED_REVISIONS,
  supportedMethods: ['server/discover', 'initialize', 'ping', 'tools/list', 'tools/call'],
} as const;
