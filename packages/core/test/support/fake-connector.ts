import { RawJson, type Era, type Manifest, type McpReply, type McpRequest, type Service } from '@clarity-runtime/core';
import type {
  Connection,
  ConnectOptions,
  ConnectionEvents,
  ServiceConnector,
  UpstreamRequestOptions,
} from '@clarity-runtime/core/ports';

export interface FakeTool {
  readonly name: string;
  readonly [member: string]: unknown;
}

/** A connector whose services reply from a table in this process. */
export class FakeConnector implements ServiceConnector {
  readonly origin = 'local_wasm';
  readonly tools = new Map<string, readonly FakeTool[]>();
  readonly calls: McpRequest[] = [];
  readonly live = new Map<string, ConnectionEvents>();
  failure: Error | undefined;
  closed: string[] = [];
  opened = 0;
  /** Number of `tools/list` requests. */
  listed = 0;
  /** Delays of `connect` and of `close`. */
  connecting: (signal: AbortSignal) => Promise<unknown> = () => Promise.resolve();
  closing: () => Promise<unknown> = () => Promise.resolve();
  era: Era = 'legacy';
  /** Returns the reply of a call. */
  answer: (request: McpRequest, exchange: UpstreamRequestOptions) => Promise<McpReply> = () =>
    Promise.resolve({ result: RawJson.of({ content: [{ type: 'text', text: '7' }] }) });

  admit(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  async connect(service: Service, events: ConnectionEvents, { signal }: ConnectOptions): Promise<Connection> {
    const name = service.manifest.metadata.module;
    this.live.set(name, events);
    await this.connecting(signal);
    if (this.failure !== undefined) throw this.failure;
    this.opened += 1;
    return {
      era: this.era,
      capabilities: { tools: {} },
      request: (request, exchange) => {
        if (request.method !== 'tools/list') {
          this.calls.push(request);
          return this.answer(request, exchange);
        }
        this.listed += 1;
        const tools = this.tools.get(name) ?? [{ name: 'fn__add' }];
        const listed = tools.map((tool) => ({ inputSchema: { type: 'object' }, ...tool }));
        return Promise.resolve({ result: RawJson.of({ tools: listed }) });
      },
      notify: () => undefined,
      close: async () => {
        this.closed.push(name);
        await this.closing();
      },
    };
  }
}

export function manifestOf(module: string, over: { wasmPath?: string; toolNamespace?: string } = {}): Manifest {
  return {
    apiVersion: 'clarity.runtime/v1',
    kind: 'MCPService',
    metadata: { sourceFile: `/src/${module}.clarity`, module },
    spec: {
      origin: { type: 'local_wasm', wasmPath: over.wasmPath ?? `/src/${module}.wasm`, entry: 'mcp_main' },
      enabled: true,
      autostart: true,
      policyRef: 'default',
      restartPolicy: { mode: 'on-failure', maxRestarts: 5, windowSeconds: 60 },
      ...(over.toolNamespace === undefined ? {} : { toolNamespace: over.toolNamespace }),
    },
  };
}
