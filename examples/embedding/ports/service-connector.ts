import { defineService, LEGACY_REVISIONS, RawJson, RpcCode, type McpReply } from '@clarity-runtime/core';
import type { Connection, ServiceConnector } from '@clarity-runtime/core/ports';

const TOOLS = { tools: [{ name: 'now', description: 'Returns the time.', inputSchema: { type: 'object' } }] };

/** A connector for services that live in the application: each has the tool `now` with the time of the application. */
export const timeConnector = (now: () => Date): ServiceConnector => ({
  origin: 'application',
  kind: {
    schema: { type: 'object', required: ['type'], properties: { type: { const: 'application' } } },
    location: () => 'application',
    isRemote: false,
    runsCommand: false,
    isBuiltFromSource: false,
    legacyPolicy: [],
    callDefaults: {},
  },
  admit: () => Promise.resolve(undefined),
  connect: () => Promise.resolve(timeConnection(now)),
});

const timeConnection = (now: () => Date): Connection => ({
  era: 'legacy',
  revision: LEGACY_REVISIONS[0],
  capabilities: { tools: {} },
  request: ({ method }, options) => {
    options.onSent();
    if (method === 'tools/list') return Promise.resolve(result(TOOLS));
    if (method === 'tools/call')
      return Promise.resolve(result({ content: [{ type: 'text', text: now().toISOString() }] }));
    return Promise.resolve({ error: { code: RpcCode.methodNotFound, message: `no method ${method}` } });
  },
  notify: () => undefined,
  close: () => Promise.resolve(),
});

const result = (value: unknown): McpReply => ({ result: RawJson.fromText(JSON.stringify(value)) });

/** The manifest of a service of `timeConnector`. */
export const timeManifest = defineService({ origin: { type: 'application' }, module: 'time', autostart: false }, [
  timeConnector(() => new Date()),
]);
