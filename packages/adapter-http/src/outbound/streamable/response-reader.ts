import { setTimeout as pause } from 'node:timers/promises';
import { ClarityError } from '@clarity-runtime/core';
import {
  canBeMessage,
  mediaType,
  SseReader,
  toDisplayText,
  type OutgoingRequest,
  type SseEvent,
} from '@clarity-runtime/core/protocol';
import { discard, readBounded } from '../http/bounded-body.ts';
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
export const EVENT_STREAM = 'text/event-stream';

/** Takes the message of a JSON response that has arrived as a whole; undefined if the response must be read. */
export const wholeMessage = (answer: UpstreamResponse, { maxReplyBytes }: OutgoingRequest): Uint8Array | undefined =>
  answer.header('content-type') === JSON_TYPE ? answer.take(maxReplyBytes) : undefined;

/** Reads the response to one request, message by message, until the reply or the end of the response. */
export async function readAnswer(
  answer: UpstreamResponse,
  call: OutgoingRequest,
  deliver: Deliver,
): Promise<Resumption | undefined> {
  const type = mediaType(answer.header('content-type'));
  if (type === JSON_TYPE) {
    deliver(await readBounded(answer, call.maxReplyBytes));
    return undefined;
  }
  if (type === EVENT_STREAM) return readStream(answer, call, deliver);
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
    // Servers send heartbeats as data.
    if (type === 'message' && canBeMessage(data)) deliver(data);
  });
  await readEvents(answer, reader, call.signal);
  if (call.signal.aborted || reader.lastId === undefined) return undefined;
  return { lastEventId: reader.lastId, retryMs: reader.retryMs ?? 1_000 };
}

/** The longest time of a timer, in milliseconds. */
const MAX_WAIT_MS = 2 ** 31 - 1;

/**
 * Waits for the replies to requests that the service has accepted with 202: they arrive on the notification stream. The first
 * one waits for up to `waitMs`. After it, each request waits for its own limits.
 */
export class AcceptedReplies {
  readonly #waitMs: number;
  readonly #isListening: () => boolean;
  #hasArrived = false;

  /** `isListening` returns whether the notification stream is open. */
  constructor(waitMs: number, isListening: () => boolean) {
    this.#waitMs = waitMs;
    this.#isListening = isListening;
  }

  /** Takes the response if its request may get its reply on the notification stream. */
  takes(response: UpstreamResponse): boolean {
    if (response.status !== 202 || !this.#isListening()) return false;
    discard(response);
    return true;
  }

  /** @throws ClarityError UPSTREAM_PROTOCOL when no reply arrives. */
  async wait(call: OutgoingRequest): Promise<undefined> {
    const { signal } = call;
    await pause(this.#hasArrived ? MAX_WAIT_MS : this.#waitMs, undefined, { signal, ref: false }).catch(
      () => undefined,
    );
    if (signal.reason === 'answered') this.#hasArrived = true;
    if (call.isSettled) return undefined;
    throw new ClarityError(
      'UPSTREAM_PROTOCOL',
      `the request was accepted with status 202, and no reply followed within ${String(this.#waitMs)} ms`,
    );
  }
}
