import type { CallLimits } from '../domain/calls/call-limits.ts';
import { ClarityError, isClarityError } from '../domain/errors/clarity-error.ts';
import { RawJson } from '../domain/json/raw-json.ts';
import type { Capabilities, Era, Implementation, McpNotification, McpReply } from '../domain/mcp/mcp.ts';
import { silentRequest } from '../domain/mcp/silent-request.ts';
import type { Connection, ConnectionEvents } from '../ports/index.ts';
import type { ConnectionClock } from './deadline-timer.ts';
import {
  discoverRequest,
  initializeRequest,
  listenFilter,
  readDiscovery,
  readInitialization,
  withHopMark,
  type HandshakeResult,
} from './handshake.ts';
import { JsonRpcConnection } from './json-rpc-connection.ts';
import type { Transport } from './transport.ts';

/** Settings of a `LinkedConnection`. */
export interface LinkedConnectionOptions {
  readonly clock: ConnectionClock;
  /** Name and version that the service receives. */
  readonly client: Implementation;
  readonly events: ConnectionEvents;
  /** Ends the side of the service, once. */
  end(): Promise<void>;
}

/** Limits of requests to a service inside the process whose caller and manifest set none. */
export const LINKED_LIMITS: CallLimits = { idleMs: 120_000, totalMs: 600_000, maxReplyBytes: 16 * 1024 * 1024 };

/** Milliseconds that `server/discover` may take; without a response the service is treated as legacy. */
const PROBE_MS = 4_000;

/** A connection to a service inside this process: one channel for both directions, without framing. */
export class LinkedConnection implements Connection {
  readonly request: Connection['request'];
  readonly #transport: Transport;
  readonly #options: LinkedConnectionOptions;
  readonly #rpc: JsonRpcConnection;
  #isOpen = false;
  #closing: Promise<void> | undefined;

  constructor(transport: Transport, options: LinkedConnectionOptions) {
    const { events, clock, client } = options;
    this.#transport = transport;
    this.#options = options;
    this.#rpc = new JsonRpcConnection(transport, {
      clock,
      client,
      clientCapabilities: events.clientCapabilities ?? {},
      redact: (text) => text,
      onLog: (line) => {
        events.onLog(line);
      },
      onListChanged: (list) => {
        if (this.#isOpen) events.onListChanged(list);
      },
      ...(events.onRequest === undefined ? {} : { onRequest: events.onRequest.bind(events) }),
      onNotification: (notification) => events.onNotification?.(notification),
      onLimit: (limit) => events.onLimit?.(limit),
    });
    this.request = this.#rpc.request.bind(this.#rpc);
  }

  get era(): Era {
    return this.#rpc.era;
  }

  get capabilities(): Capabilities {
    return this.#rpc.capabilities;
  }

  get info(): Implementation | undefined {
    return this.#rpc.info;
  }

  get revision(): string {
    return this.#rpc.revision;
  }

  get instructions(): string | undefined {
    return this.#rpc.instructions;
  }

  /** Processes one message of the service. */
  receive(bytes: Uint8Array): void {
    this.#rpc.receive(bytes);
  }

  /** Fails one request. */
  fail(id: number, error: ClarityError): void {
    this.#rpc.fail(id, error);
  }

  /** Opens the connection to a service whose facts are known. */
  accept(facts: HandshakeResult): void {
    this.#rpc.acceptHandshake(facts);
    this.#isOpen = true;
  }

  /**
   * Opens the connection with the handshake of the service: `server/discover` (MCP 2026-07-28), then `initialize` for a service
   * that has no such method.
   */
  async open(signal: AbortSignal, mark?: string): Promise<void> {
    const { events, client } = this.#options;
    const discovered = events.era === 'legacy' ? 'legacy' : await this.#discover(signal, mark);
    if (discovered !== 'legacy') {
      this.accept(discovered);
      this.#listen();
      return;
    }
    this.#rpc.setEra('legacy');
    const request = withHopMark(initializeRequest(client, events.clientCapabilities ?? {}), mark);
    const facts = readInitialization(await this.#ask(request, signal, 0));
    this.notify({ method: 'notifications/initialized', params: new Map() });
    this.accept(facts);
  }

  notify(notification: McpNotification): void {
    if (this.#closing === undefined) this.#transport.notify(notification);
  }

  close(reason: string): Promise<void> {
    return this.#end(`the connection was closed: ${reason}`);
  }

  /** Ends a connection whose service ended by itself. */
  lost(reason: string): void {
    if (this.#closing !== undefined) return;
    // The service has ended already, so an error of its end has no effect.
    this.#end(reason).catch(() => undefined);
    if (this.#isOpen) this.#options.events.onClose(reason);
  }

  #end(reason: string): Promise<void> {
    if (this.#closing !== undefined) return this.#closing;
    this.#rpc.end(new ClarityError('UPSTREAM_LOST', reason));
    return (this.#closing = this.#options.end());
  }

  async #discover(signal: AbortSignal, mark: string | undefined): Promise<HandshakeResult | 'legacy'> {
    this.#rpc.setEra('modern');
    try {
      return readDiscovery(await this.#ask(withHopMark(discoverRequest, mark), signal, PROBE_MS));
    } catch (error) {
      const isOdd = isClarityError(error) && ['UPSTREAM_PROTOCOL', 'CALL_TIMED_OUT'].includes(error.code);
      if (isOdd && !signal.aborted) return 'legacy';
      throw error;
    }
  }

  #ask(request: Parameters<Connection['request']>[0], signal: AbortSignal, totalMs: number): Promise<McpReply> {
    const { maxReplyBytes } = LINKED_LIMITS;
    return this.#rpc.request(request, silentRequest(signal, { idleMs: 0, totalMs, maxReplyBytes }));
  }

  /** Subscribes to list changes of a modern service; the request stays open until the connection closes. */
  #listen(): void {
    const filter = listenFilter(this.#rpc.capabilities);
    if (filter === undefined) return;
    const params = new Map([['notifications', RawJson.of(filter)]]);
    this.#ask({ method: 'subscriptions/listen', params }, new AbortController().signal, 0).catch(() => undefined);
  }
}
