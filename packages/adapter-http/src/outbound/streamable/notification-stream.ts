import { setTimeout as pause } from 'node:timers/promises';
import { isClarityError, RawJson, type LimitName } from '@clarity-runtime/core';
import { SseReader, type CallTerms, type JsonRpcConnection } from '@clarity-runtime/core/protocol';
import { UpstreamFailure } from '../http/upstream-failure.ts';
import type { UpstreamSender } from '../http/upstream-sender.ts';
import { ownTerms } from '../call-terms.ts';
import { readEvents } from '../http/event-body.ts';

/** One attempt: resolves when the stream has ended, `never` when the service offers none. */
export type OpenNotices = (hasOpened: () => void, signal: AbortSignal) => Promise<'ended' | 'never'>;

const MAX_LENGTH = 32;

/** The stream on which a service tells what changed: opened again, ever more slowly, when it ends. */
export class NotificationStream {
  readonly #stopping = new AbortController();
  readonly #open: OpenNotices;
  readonly #reopenMs: number;
  readonly #missed: () => void;

  /** `missed` is called when a stream is open again: what happened in between was not heard. */
  constructor(open: OpenNotices, reopenMs: number, missed: () => void) {
    this.#open = open;
    this.#reopenMs = reopenMs;
    this.#missed = missed;
  }

  /** Resolves when the first stream is open or there will be none, at the latest after `waitMs`. */
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
      const ended = await this.#open(() => {
        if (opened > 0) this.#missed();
        opened += 1;
        isOpen();
      }, signal).catch(() => 'ended' as const);
      if (ended === 'never') return;
      failures = opened > before ? 0 : failures + 1;
      const factor = Math.min(MAX_LENGTH, 2 ** failures);
      await pause(this.#reopenMs * factor, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }
}

/** Modern: a request that stays open and names what is to be told. */
export function openListenStream(
  channel: JsonRpcConnection,
  filter: Readonly<Record<string, true>>,
  maxBytes: number,
): OpenNotices {
  return async (hasOpened, signal) => {
    const terms: CallTerms = { ...ownTerms(signal, 0, maxBytes), onNotification: hasOpened };
    const params = new Map([['notifications', RawJson.of(filter)]]);
    const reply = await channel.request({ method: 'subscriptions/listen', params }, terms);
    return 'error' in reply ? 'never' : 'ended';
  };
}

/** What a legacy stream of notices needs to know of its session. */
export interface NoticeSource {
  readonly url: URL;
  readonly sender: UpstreamSender;
  readonly headers: () => Readonly<Record<string, string>>;
  readonly receive: (message: Uint8Array) => void;
  readonly refused: (what: LimitName) => void;
}

/** Legacy: a GET whose answer is a stream, where the service has one. */
export function openSessionStream(
  { url, sender, headers, receive, refused }: NoticeSource,
  maxBytes: number,
): OpenNotices {
  let lastId: string | undefined;
  return async (hasOpened, signal) => {
    const resumed = lastId === undefined ? {} : { 'last-event-id': lastId };
    try {
      const answer = await sender.send({ method: 'GET', url, headers: { ...headers(), ...resumed }, signal });
      if (answer.headers['content-type']?.startsWith('text/event-stream') !== true) {
        answer.destroy();
        return 'never';
      }
      hasOpened();
      const reader = new SseReader(maxBytes, ({ type, data, id }) => {
        lastId = id;
        if (type === 'message' && data.length > 0) receive(data);
      });
      await readEvents(answer, reader, signal);
      return 'ended';
    } catch (error) {
      if (isClarityError(error) && error.code === 'PAYLOAD_TOO_LARGE') refused('reply.too_large');
      const hasNone = error instanceof UpstreamFailure && error.status >= 400 && error.status < 500;
      return hasNone && error.status !== 404 ? 'never' : 'ended';
    }
  };
}
