import { setTimeout as pause } from 'node:timers/promises';
import { isClarityError, RawJson, type LimitName } from '@clarity-runtime/core';
import { toCancellation } from '@clarity-runtime/core/internal';
import {
  canBeMessage,
  mediaType,
  silentRequest,
  SseReader,
  type JsonRpcConnection,
} from '@clarity-runtime/core/protocol';
import { UpstreamFailure } from '../http/upstream-failure.ts';
import type { UpstreamSender } from '../http/upstream-sender.ts';
import { readEvents } from '../http/event-body.ts';
import { EVENT_STREAM } from './response-reader.ts';

/**
 * Opens the stream once. Resolves when the stream ends, with the milliseconds that the service wants before the next attempt;
 * with `never` if the service refuses it.
 */
export type OpenNotificationStream = (hasOpened: () => void, signal: AbortSignal) => Promise<number | 'never'>;

/** Refusals that may end: a lost session, an older stream that is open, a limit. */
const TEMPORARY: ReadonlySet<number> = new Set([404, 408, 409, 423, 425, 429]);

/** Largest multiple of `reopenMs` between two attempts. */
const MAX_BACKOFF_FACTOR = 32;
/** Largest wait that a service can ask for. */
const MAX_RETRY_MS = 60_000;

/** The stream of list changes of a service. It is reopened after its end with exponential backoff. */
export class NotificationStream {
  readonly #stopping = new AbortController();
  readonly #open: OpenNotificationStream;
  readonly #reopenMs: number;
  readonly #onReopen: () => void;
  #isOpen = false;

  /** `onReopen` is called when a stream is open again: changes in between are lost. */
  constructor(open: OpenNotificationStream, reopenMs: number, onReopen: () => void) {
    this.#open = open;
    this.#reopenMs = reopenMs;
    this.#onReopen = onReopen;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Resolves when the first stream is open or the service does not offer one, at the latest after `waitMs`. */
  async start(waitMs: number): Promise<void> {
    let settle: () => void = () => undefined;
    const first = new Promise<void>((resolve) => {
      settle = resolve;
    });
    void this.#run(settle).finally(settle);
    await Promise.race([first, pause(waitMs, undefined, { ref: false })]);
  }

  stop(): void {
    this.#stopping.abort('failed');
  }

  async #run(isOpen: () => void): Promise<void> {
    const { signal } = this.#stopping;
    let opened = 0;
    let failures = 0;
    while (!signal.aborted) {
      const before = opened;
      const from = performance.now();
      const ended = await this.#open(() => {
        if (opened > 0) this.#onReopen();
        opened += 1;
        this.#isOpen = true;
        isOpen();
      }, signal).catch(() => 0);
      this.#isOpen = false;
      // Only the first attempt shows that a service has no stream.
      if (ended === 'never' && opened === 0) return;
      const hasLasted = opened > before && performance.now() - from >= this.#reopenMs * MAX_BACKOFF_FACTOR;
      failures = hasLasted ? 0 : failures + 1;
      const factor = Math.min(MAX_BACKOFF_FACTOR, 2 ** failures);
      const wanted = ended === 'never' ? 0 : Math.min(ended, MAX_RETRY_MS);
      await pause(Math.max(this.#reopenMs * factor, wanted), undefined, { signal, ref: false }).catch(() => undefined);
    }
  }
}

/** Opens the stream of a modern service: a `subscriptions/listen` request that stays open (MCP 2026-07-28). */
export function openListenStream(
  rpc: JsonRpcConnection,
  filter: Readonly<Record<string, true>>,
  maxBytes: number,
): OpenNotificationStream {
  return async (hasOpened, signal) => {
    const limits = { idleMs: 0, totalMs: 0, maxReplyBytes: maxBytes };
    const options = { ...silentRequest(signal, limits), onNotification: hasOpened };
    const params = new Map([['notifications', RawJson.of(filter)]]);
    const reply = await rpc.request({ method: 'subscriptions/listen', params }, options);
    return 'error' in reply ? 'never' : 0;
  };
}

/** The session that a legacy notification stream belongs to. */
export interface SessionStreamSource {
  readonly url: URL;
  readonly sender: UpstreamSender;
  readonly headers: () => Readonly<Record<string, string>>;
  readonly receive: (message: Uint8Array) => void;
  readonly refused: (what: LimitName) => void;
}

/** Opens the stream of a legacy service: a GET with an SSE response (MCP 2025-11-25, "Listening for Messages"). */
export function openSessionStream(
  { url, sender, headers, receive, refused }: SessionStreamSource,
  maxBytes: number,
): OpenNotificationStream {
  let lastId: string | undefined;
  let retryMs = 0;
  return async (hasOpened, signal) => {
    const cancellation = toCancellation({ signal });
    const resumed = lastId === undefined ? {} : { 'last-event-id': lastId };
    try {
      const answer = await sender.send({ method: 'GET', url, headers: { ...headers(), ...resumed }, cancellation });
      if (mediaType(answer.header('content-type')) !== EVENT_STREAM) {
        answer.destroy();
        return 'never';
      }
      hasOpened();
      const reader = new SseReader(maxBytes, ({ type, data, id }) => {
        lastId = id;
        if (type === 'message' && canBeMessage(data)) receive(data);
      });
      await readEvents(answer, reader, signal).finally(() => (retryMs = reader.retryMs ?? retryMs));
      return retryMs;
    } catch (error) {
      if (isClarityError(error) && error.code === 'PAYLOAD_TOO_LARGE') refused('reply.too_large');
      const hasNone = error instanceof UpstreamFailure && error.status >= 400 && error.status < 500;
      return hasNone && !TEMPORARY.has(error.status) ? 'never' : retryMs;
    }
  };
}
