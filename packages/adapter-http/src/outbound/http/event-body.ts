import { isClarityError } from '@clarity-runtime/core';
import type { SseReader } from '@clarity-runtime/core/protocol';
import { discard } from './bounded-body.ts';
import type { UpstreamResponse } from './upstream-response.ts';

/** Passes the body of a response to the reader until it ends or fails, or the signal aborts. */
export function readEvents(response: UpstreamResponse, reader: SseReader, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      signal.removeEventListener('abort', stop);
      resolve();
    };
    const stop = (): void => {
      if (signal.reason === 'answered') discard(response);
      else response.destroy();
      end();
    };
    if (signal.aborted) {
      stop();
      return;
    }
    signal.addEventListener('abort', stop, { once: true });
    response.read({
      onData: (chunk) => {
        if (signal.aborted) return;
        try {
          reader.push(chunk);
        } catch (error) {
          reject(isClarityError(error) ? error : new Error('the stream could not be read', { cause: error }));
          response.destroy();
        }
      },
      onEnd: end,
      onFailure: end,
    });
  });
}
