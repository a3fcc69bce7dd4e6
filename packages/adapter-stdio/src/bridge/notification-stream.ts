import { setTimeout as delay } from 'node:timers/promises';
import { readMessage, readSseEvents } from '@clarity-runtime/core/protocol';
import { UNEXPECTED_MESSAGE, type ExchangeDependencies } from './exchange.ts';

const MAX_FACTOR = 32;

export interface NotificationStreamOptions {
  readonly signal: AbortSignal;
  readonly reopenMs: number;
}

/**
 * Keeps the stream of a legacy session open on which the daemon sends messages that belong to no request. Reopens it with
 * exponential backoff. Resolves when the daemon does not offer the stream, or when the signal aborts.
 */
export async function keepNotificationStream(
  dependencies: ExchangeDependencies,
  { signal, reopenMs }: NotificationStreamOptions,
): Promise<void> {
  let pause = reopenMs;
  let last: string | undefined;
  while (!signal.aborted && dependencies.conversation.session !== undefined) {
    try {
      const headers = {
        accept: 'text/event-stream',
        ...dependencies.conversation.headersOf(undefined),
        ...(last === undefined ? {} : { 'last-event-id': last }),
      };
      const response = await dependencies.client.send({ method: 'GET', headers, signal });
      const isStream = response.headers['content-type']?.startsWith('text/event-stream') === true;
      if (response.statusCode !== 200 || !isStream) {
        response.resume();
        // A later request renews a session after 404. Every other status means that the daemon does not offer the stream.
        if (response.statusCode !== 404 && response.statusCode !== 503) return;
      } else {
        for await (const { id, data } of readSseEvents(response, dependencies.maxReplyBytes)) {
          pause = reopenMs;
          last = id ?? last;
          pass(dependencies, data);
        }
      }
    } catch {
      // The daemon is unreachable, or the signal has aborted: the condition of the loop decides.
    }
    await delay(pause, undefined, { signal }).catch(() => undefined);
    pause = Math.min(pause * 2, reopenMs * MAX_FACTOR);
  }
}

function pass({ passOn, log }: ExchangeDependencies, bytes: Uint8Array): void {
  if (bytes.length === 0) return;
  const { kind } = readMessage(bytes, 'server');
  if (kind === 'notification' || kind === 'request') passOn(bytes);
  else log(UNEXPECTED_MESSAGE);
}
