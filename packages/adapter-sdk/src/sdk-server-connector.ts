import {
  ClarityError,
  isClarityError,
  systemClock,
  type Manifest,
  type McpNotification,
  type OriginKind,
  type Service,
} from '@clarity-runtime/core';
import { inProcessOrigin, VERSION } from '@clarity-runtime/core/internal';
import type { Connection, ConnectionEvents, ConnectOptions, ServiceConnector } from '@clarity-runtime/core/ports';
import {
  cancellationOf,
  LINKED_LIMITS,
  LinkedConnection,
  notificationBytes,
  type OutgoingRequest,
  type Transport,
} from '@clarity-runtime/core/protocol';
import { bytesOf, messageOf, type SdkTransport } from './sdk-transport.ts';

/** An SDK `Server` or `McpServer`, version 1 or 2. */
export interface SdkServer {
  connect(transport: SdkTransport): Promise<unknown>;
  close(): Promise<void>;
}

/** Settings of `sdkServerConnector`. */
export interface SdkServerOptions {
  /** Name of the service and prefix of its tools: lower-case letters, digits, `-` and `_`, at most 64. */
  readonly name: string;
  /**
   * The server, or a function that creates one per connection. With a function, each client that the server can ask questions has
   * a server of its own; a single server serves one connection at a time.
   */
  readonly server: SdkServer | (() => SdkServer | Promise<SdkServer>);
}

/** The connector of one server, with the manifest that registers it. */
export interface SdkServerConnector extends ServiceConnector {
  /** Pass it to `runtime.services.apply`. */
  readonly manifest: Manifest;
}

const CLIENT = { name: 'clarity-runtime', version: VERSION };

/**
 * Returns a connector that makes a server of the official SDK a service of this runtime, in this process. Numbers pass through
 * the SDK as doubles.
 * @throws TypeError when the name has another form.
 */
export const sdkServerConnector = ({ name, server }: SdkServerOptions): SdkServerConnector =>
  new ServerConnector(inProcessOrigin('sdk_server', name), server);

class ServerConnector implements SdkServerConnector {
  readonly origin: string;
  readonly kind: OriginKind;
  readonly sessions: boolean | 'costly';
  readonly defaultLimits = LINKED_LIMITS;
  readonly manifest: Manifest;
  readonly #server: SdkServerOptions['server'];

  constructor({ origin, kind, manifest }: ReturnType<typeof inProcessOrigin>, server: SdkServerOptions['server']) {
    this.origin = origin;
    this.kind = kind;
    this.manifest = manifest;
    this.#server = server;
    this.sessions = typeof server === 'function' && 'costly';
  }

  admit(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  async connect(_: Service, events: ConnectionEvents, { signal, mark }: ConnectOptions): Promise<Connection> {
    if (signal.aborted) throw new ClarityError('CALL_CANCELLED', '');
    const link = new ServerLink(events);
    try {
      await link.attach(typeof this.#server === 'function' ? await this.#server() : this.#server);
      await link.connection.open(signal, mark);
      return link.connection;
    } catch (cause) {
      await link.connection.close('the handshake failed');
      if (isClarityError(cause)) throw cause;
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new ClarityError('UPSTREAM_FAILED', `the server did not connect: ${why}`, { cause });
    }
  }
}

/** Both ends of one link: the transport of the SDK server, and the connection of the runtime. */
class ServerLink implements Transport {
  readonly connection: LinkedConnection;
  readonly #serverSide: SdkTransport;
  #server: SdkServer | undefined;
  #isOpen = true;

  constructor(events: ConnectionEvents) {
    this.connection = new LinkedConnection(this, {
      clock: systemClock,
      client: CLIENT,
      events,
      end: () => this.#end(),
    });
    this.#serverSide = {
      start: () => Promise.resolve(),
      send: (message) => {
        if (!this.#isOpen) return Promise.reject(new Error('the transport is closed'));
        this.connection.receive(bytesOf(message));
        return Promise.resolve();
      },
      close: () => {
        this.#disconnect();
        this.connection.lost('the server closed its transport');
        return Promise.resolve();
      },
    };
  }

  /** Connects the server to its side. */
  async attach(server: SdkServer): Promise<void> {
    this.#server = server;
    await server.connect(this.#serverSide);
  }

  request(call: OutgoingRequest): Promise<void> {
    if (!this.#isOpen) return Promise.reject(new ClarityError('UPSTREAM_LOST', 'the server closed its transport'));
    call.sent();
    this.#deliver(call.bytes);
    return Promise.resolve();
  }

  notify(notification: McpNotification): void {
    this.#deliver(notificationBytes(notification));
  }

  answer(bytes: Uint8Array): void {
    this.#deliver(bytes);
  }

  abandon(call: OutgoingRequest): void {
    const cancellation = cancellationOf(call);
    if (cancellation !== undefined) this.notify(cancellation);
  }

  #deliver(bytes: Uint8Array): void {
    if (this.#isOpen) this.#serverSide.onmessage?.(messageOf(bytes));
  }

  async #end(): Promise<void> {
    this.#disconnect();
    await this.#server?.close();
  }

  /** The SDK sets `onclose` when it connects, and may then connect the server to another transport. */
  #disconnect(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#serverSide.onclose?.();
  }
}
