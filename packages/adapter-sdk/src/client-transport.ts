import {
  RpcCode,
  LEGACY_REVISIONS,
  RawJson,
  type Caller,
  type Cancellation,
  type McpReply,
  type Runtime,
} from '@clarity-runtime/core';
import type { Exchange, GatewayScope, McpPeer } from '@clarity-runtime/core/ports';
import {
  claimsRevision,
  classifyModernMeta,
  encodeNotification,
  encodeReply,
  introduction,
  negotiatedRevision,
  readMessage,
  readMeta,
  SessionRequests,
  type EncodedMessage,
  type JsonRpcRequest,
  type ProtocolClassification,
} from '@clarity-runtime/core/protocol';
import { bytesOf, messageOf, type SdkTransport } from './sdk-transport.ts';

/** Settings of `createClientTransport`. */
export interface ClientTransportOptions {
  /** Namespace or id of one service, whose tool names stay unchanged. Absent: all services, with prefixed names. */
  readonly service?: string;
}

/**
 * Returns a transport through which an SDK `Client` uses a runtime in this process, as `caller`: the same lists, policies,
 * limits and audit as over `/mcp`, without a socket. Each transport serves one client. Closing it leaves the runtime open.
 */
export const createClientTransport = (
  runtime: Pick<Runtime, 'gateway'>,
  caller: Caller,
  options: ClientTransportOptions = {},
): SdkTransport => new ClientTransport(runtime, { caller, ...options });

const CANNOT_ASK: McpReply = {
  error: { code: RpcCode.methodNotFound, message: 'method not found: this client cannot be asked' },
};

class ClientTransport implements SdkTransport {
  onclose: (() => void) | undefined;
  onerror: ((error: Error) => void) | undefined;
  onmessage: ((message: unknown) => void) | undefined;
  readonly #runtime: Pick<Runtime, 'gateway'>;
  readonly #scope: Pick<GatewayScope, 'caller' | 'service'>;
  readonly #requests = new SessionRequests();
  #session: McpPeer | undefined;
  #state: 'new' | 'open' | 'closed' = 'new';

  constructor(runtime: Pick<Runtime, 'gateway'>, scope: Pick<GatewayScope, 'caller' | 'service'>) {
    this.#runtime = runtime;
    this.#scope = scope;
  }

  start(): Promise<void> {
    if (this.#state !== 'new')
      return Promise.reject(new Error('a transport serves one client, and this one has started'));
    this.#state = 'open';
    return Promise.resolve();
  }

  send(message: object): Promise<void> {
    if (this.#state !== 'open') return Promise.reject(new Error('the transport is not open'));
    const read = readMessage(bytesOf(message), 'client');
    switch (read.kind) {
      case 'invalid':
        this.#deliver(encodeReply(read.id, { error: read.error }));
        break;
      case 'reply':
        if (read.id !== undefined) this.#requests.answer(read.id, read.reply);
        break;
      case 'notification':
        if (!this.#requests.cancel(read.notification)) this.#session?.notify(read.notification);
        break;
      case 'request':
        void this.#serve(read.request);
    }
    return Promise.resolve();
  }

  close(): Promise<void> {
    if (this.#state === 'closed') return Promise.resolve();
    this.#state = 'closed';
    this.#requests.close();
    this.#session?.close();
    this.onclose?.();
    return Promise.resolve();
  }

  async #serve(request: JsonRpcRequest): Promise<void> {
    const reply = await this.#requests
      .run(request.id, async (cancellation) => {
        const answered = await this.#reply(request, cancellation);
        return cancellation.isCancelled ? undefined : answered;
      })
      .catch((error: unknown): McpReply => {
        this.onerror?.(error instanceof Error ? error : new Error(String(error)));
        return { error: { code: RpcCode.internalError, message: 'internal error' } };
      });
    if (reply !== undefined) this.#deliver(encodeReply(request.id, reply));
  }

  async #reply(request: JsonRpcRequest, cancellation: Cancellation): Promise<McpReply> {
    const meta = readMeta(request.params);
    if ('error' in meta) return meta;
    if (!claimsRevision(meta.members))
      return this.#legacyPeer(request).request(request, this.#exchange(request, cancellation));
    const classified = classifyModernMeta(meta.members);
    if ('code' in classified) return { error: classified };
    const peer = this.#runtime.gateway.open(this.#scopeOf(classified));
    try {
      return await peer.request(request, {
        ...this.#exchange(request, cancellation),
        ask: () => Promise.resolve(CANNOT_ASK),
      });
    } finally {
      peer.close();
    }
  }

  /** `initialize` begins a new session; a request before it gets one with the newest revision and no capabilities. */
  #legacyPeer({ method, params }: JsonRpcRequest): McpPeer {
    const isHandshake = method === 'initialize';
    if (this.#session !== undefined && !isHandshake) return this.#session;
    this.#session?.close();
    const { capabilities, client } = introduction(isHandshake ? params : new Map<string, RawJson>());
    this.#session = this.#runtime.gateway.open({
      ...this.#scopeOf({
        era: 'legacy',
        revision: isHandshake ? negotiatedRevision(params) : LEGACY_REVISIONS[0],
        clientCapabilities: capabilities,
        ...(client === undefined ? {} : { client }),
      }),
      notify: (notification) => {
        this.#deliver(encodeNotification(notification));
      },
    });
    return this.#session;
  }

  #exchange({ id }: JsonRpcRequest, cancellation: Cancellation): Exchange {
    return {
      get signal() {
        return cancellation.signal;
      },
      cancellation,
      id: RawJson.fromText(id),
      send: (notification) => {
        this.#deliver(encodeNotification(notification));
      },
      ask: (asked) =>
        this.#requests.ask(asked, cancellation, (message) => {
          this.#deliver(message);
        }),
    };
  }

  #scopeOf({ era, revision, clientCapabilities, client }: ProtocolClassification): GatewayScope {
    const { caller, service } = this.#scope;
    return {
      caller: client === undefined ? caller : { ...caller, client },
      era,
      revision,
      ...(service === undefined ? {} : { service }),
      ...(clientCapabilities === undefined ? {} : { clientCapabilities }),
    };
  }

  #deliver({ head, body, tail }: EncodedMessage): void {
    if (this.#state === 'open') this.onmessage?.(messageOf(head, body, tail));
  }
}
