import { isClarityError, RawJson, type RefusalName } from '@clarity-runtime/core';
import type { CallTerms, RpcChannel } from '@clarity-runtime/core/protocol';
import { SseReader } from '../http/sse-reader.ts';
import { UpstreamFailure } from '../http/upstream-failure.ts';
import type { UpstreamSender } from '../http/upstream-sender.ts';
import { ownTerms } from '../call-terms.ts';
import type { OpenNotices } from './notice-stream.ts';
import { readEvents } from '../http/event-body.ts';

/** Modern: a request that stays open and names what is to be told. */
export function listening(channel: RpcChannel, filter: Readonly<Record<string, true>>, maxBytes: number): OpenNotices {
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
  readonly refused: (what: RefusalName) => void;
}

/** Legacy: a GET whose answer is a stream, where the service has one. */
export function watching({ url, sender, headers, receive, refused }: NoticeSource, maxBytes: number): OpenNotices {
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
        if (type === 'message') receive(data);
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
