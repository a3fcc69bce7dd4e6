import {
  RawJson,
  type Caller,
  type Capabilities,
  type Era,
  type McpNotification,
  type McpReply,
  type McpRequest,
  type Runtime,
} from '@clarity-runtime/core';
import type { McpPeer } from '@clarity-runtime/core/ports';
import { agent } from './speak.ts';

export interface TestClientOptions {
  readonly era?: Era;
  readonly caller?: Caller;
  readonly service?: string;
  readonly capabilities?: Capabilities;
  /** Returns the reply to a request of the server. */
  readonly onAsk?: (request: McpRequest) => Promise<McpReply>;
}

/** A client that records its notifications and its server requests. */
export class TestClient {
  /** Notifications of the session; `requestNotifications` arrive within a request. */
  readonly notifications: McpNotification[] = [];
  readonly requestNotifications: McpNotification[] = [];
  readonly asked: McpRequest[] = [];
  readonly peer: McpPeer;
  readonly #options: TestClientOptions;

  constructor(runtime: Runtime, options: TestClientOptions = {}) {
    this.#options = options;
    const { era = 'legacy', caller = agent, service, capabilities } = options;
    this.peer = runtime.gateway.open({
      caller,
      era,
      revision: era === 'modern' ? '2026-07-28' : '2025-11-25',
      ...(service === undefined ? {} : { service }),
      ...(capabilities === undefined ? {} : { clientCapabilities: capabilities }),
      ...(era === 'modern'
        ? {}
        : {
            notify: (notification) => {
              this.notifications.push(notification);
            },
          }),
    });
  }

  /** Members that are JSON text can be passed as `RawJson`. */
  request(
    method: string,
    params: Readonly<Record<string, unknown>> = {},
    { signal = new AbortController().signal, id = RawJson.of(7) }: { signal?: AbortSignal; id?: RawJson } = {},
  ): Promise<McpReply> {
    const members = new Map(
      Object.entries(params).map(([name, value]) => [name, value instanceof RawJson ? value : RawJson.of(value)]),
    );
    return this.peer.request(
      { method, params: members },
      {
        signal,
        id,
        send: (notification) => {
          this.requestNotifications.push(notification);
        },
        ask: (request) => {
          this.asked.push(request);
          return this.#options.onAsk?.(request) ?? Promise.resolve({ error: { code: -32603, message: 'no answer' } });
        },
      },
    );
  }
}

export const methodsOf = (notifications: readonly McpNotification[]): readonly string[] =>
  notifications.map(({ method }) => method);

/** Waits until the condition is true; throws after two seconds. */
export async function until(condition: () => boolean): Promise<void> {
  for (let waited = 0; !condition(); waited += 5) {
    if (waited > 2_000) throw new Error('the condition did not become true');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
