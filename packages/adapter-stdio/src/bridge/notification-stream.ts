import { setTimeout as delay } from 'node:timers/promises';
import { readMessage } from '@clarity-runtime/core/protocol';
import type { ExchangeDependencies } from './exchange.ts';
import { stdioSseFrames } from '../stdio-sse-frames.ts';

const MAX_FACTOR = 32;
const encoder = new TextEncoder();

export interface NoticeStreamOptions {
  readonly signal: AbortSignal;
  readonly reopenMs: number;
}

/**
 * Keeps the stream of a legacy session open on which the daemon says what belongs to no request. Resolves when the daemon
 * has no such stream, or the signal aborts.
 */
export async function keepNotificationStream(
  parts: ExchangeDependencies,
  { signal, reopenMs }: NoticeStreamOptions,
): Promise<void> {
  let pause = reopenMs;
  let last: string | undefined;
  while (!signal.aborted && parts.conversation.session !== undefined) {
    try {
      const headers = {
        accept: 'text/event-stream',
        ...parts.conversation.headersOf(undefined),
        ...(last === undefined ? {} : { 'last-event-id': last }),
      };
      const answer = await parts.client.send({ method: 'GET', headers, signal });
      const isStream = answer.headers['content-type']?.startsWith('text/event-stream') === true;
      if (answer.statusCode !== 200 || !isStream) {
        answer.resume();
        // 404 is a session that a later request renews; everything else means that there is no stream.
        if (answer.statusCode !== 404 && answer.statusCode !== 503) return;
      } else {
        for await (const frame of stdioSseFrames(answer, parts.maxReplyBytes)) {
          pause = reopenMs;
          last = frame.id ?? last;
          pass(parts, encoder.encode(frame.data));
        }
      }
    } catch {
      // The daemon is away, or the client is: the loop's condition tells them apart.
    }
    await delay(pause, undefined, { signal }).catch(() => undefined);
    pause = Math.min(pause * 2, reopenMs * MAX_FACTOR);
  }
}

function pass({ passOn, log }: ExchangeDependencies, bytes: Uint8Array): void {
  if (bytes.length === 0) return;
  const { kind } = readMessage(bytes);
  if (kind === 'notification' || kind === 'request') passOn(bytes);
  else log('the daemon said something that is no message for this client');
}
