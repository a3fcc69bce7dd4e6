import { RawJson, type Manifest, type McpReply, type McpRequest } from '@clarity-runtime/core';
import type { Connection, ServiceConnector, UpstreamRequestOptions } from '@clarity-runtime/core/ports';

const tool = { name: 'add', description: 'Adds two numbers.', inputSchema: { type: 'object' } };

/** Connector of services in this process with one tool, `add`. */
export class FakeConnector implements ServiceConnector {
  readonly origin = 'local_wasm';
  /** The interface of every service. */
  tool: object = tool;
  /** If set, every start fails. */
  failure: Error | undefined;
  /** Received requests except those of introspection, in order. */
  readonly calls: McpRequest[] = [];
  /** Replies to a call. */
  answer: (request: McpRequest, exchange: UpstreamRequestOptions) => Promise<McpReply> = () =>
    Promise.resolve({ result: RawJson.of({ content: [] }) });

  admit(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  connect(): Promise<Connection> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    return Promise.resolve({
      era: 'legacy',
      capabilities: { tools: {} },
      request: (request, exchange) => {
        if (request.method === 'tools/list') return Promise.resolve({ result: RawJson.of({ tools: [this.tool] }) });
        this.calls.push(request);
        return this.answer(request, exchange);
      },
      notify: () => undefined,
      close: () => Promise.resolve(),
    });
  }
}

export const manifestOf = (module: string): Manifest => ({
  apiVersion: 'clarity.runtime/v1',
  kind: 'MCPService',
  metadata: { sourceFile: `${module}.clarity`, module },
  spec: {
    origin: { type: 'local_wasm', wasmPath: `/build/${module}.wasm`, entry: 'mcp_main' },
    enabled: true,
    autostart: true,
    policyRef: 'default',
    restartPolicy: { mode: 'on-failure', maxRestarts: 5, windowSeconds: 60 },
  },
});
