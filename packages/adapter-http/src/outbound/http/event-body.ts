import type { IncomingMessage } from 'node:http';
import { isClarityError } from '@clarity-runtime/core';
import type { SseReader } from '@clarity-runtime/core/protocol';
import { discard } from './bounded-body.ts';

/** Passes the body of a response to the reader until it ends or fails, or the signal aborts. */
export function readEvents(response: IncomingMessage, reader: SseReader, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onData = (chunk: Buffer): void => {
      try {
        reader.push(chunk);
      } catch (error) {
        response.destroy();
        reject(isClarityError(error) ? error : new Error('the stream could not be read', { cause: error }));
      }
    };
    const stop = (): void => {
      response.off('data', onData);
      if (signal.reason === 'answered') discard(response);
      else response.destroy();
      resolve();
    };
    response.on('data', onData);
    response.on('error', () => undefined);
    response.once('close', () => {
      signal.removeEventListener('abort', stop);
      resolve();
    });
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
