import { ClarityError } from '@clarity-runtime/core';
import { SseReader, toDisplayText, type OutgoingRequest, type SseEvent } from '@clarity-runtime/core/protocol';
import { readBounded } from '../http/bounded-body.ts';
import { readEvents } from '../http/event-body.ts';
import type { UpstreamResponse } from '../http/upstream-response.ts';

/** Maximum bytes of an event besides its message. */
const EVENT_MARGIN = 1_024;

/** Position from which a stream that ended before the reply can be resumed. */
export interface Resumption {
  readonly lastEventId: string;
  readonly retryMs: number;
}

export type Deliver = (message: Uint8Array) => void;

const JSON_TYPE = 'application/json';

/** Takes the message of a JSON response that has arrived as a whole; undefined if the response must be read. */
export const wholeMessage = (answer: UpstreamResponse, { maxReplyBytes }: OutgoingRequest): Uint8Array | undefined =>
  answer.header('content-type') === JSON_TYPE ? answer.take(maxReplyBytes) : undefined;

/** Reads the response to one request, message by message, until the reply or the end of the response. */
export async function readAnswer(
  answer: UpstreamResponse,
  call: OutgoingRequest,
  deliver: Deliver,
): Promise<Resumption | undefined> {
  const type = (answer.header('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (type === JSON_TYPE) {
    deliver(await readBounded(answer, call.maxReplyBytes));
    return undefined;
  }
  if (type === 'text/event-stream') return readStream(answer, call, deliver);
  answer.destroy();
  const said = type === '' ? 'no content type' : `content type '${toDisplayText(type, 60)}'`;
  throw new ClarityError('UPSTREAM_PROTOCOL', `the response has ${said}`);
}

async function readStream(
  answer: UpstreamResponse,
  call: OutgoingRequest,
  deliver: Deliver,
): Promise<Resumption | undefined> {
  const reader = new SseReader(call.maxReplyBytes + EVENT_MARGIN, ({ type, data }: SseEvent) => {
    if (type === 'message' && data.length > 0) deliver(data);
  });
  await readEvents(answer, reader, call.signal);
  if (call.signal.aborted || reader.lastId === undefined) return undefined;
  return { lastEventId: reader.lastId, retryMs: reader.retryMs ?? 1_000 };
}
