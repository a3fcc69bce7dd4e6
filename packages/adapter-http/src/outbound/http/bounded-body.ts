import { ClarityError } from '@clarity-runtime/core';
import type { UpstreamResponse } from './upstream-response.ts';

/**
 * Reads a whole body.
 * @throws ClarityError PAYLOAD_TOO_LARGE above `limit` bytes, UPSTREAM_LOST when the body ends early.
 */
export function readBounded(response: UpstreamResponse, limit: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const parts: Uint8Array[] = [];
    let length = 0;
    const refuse = (): void => {
      reject(tooLarge(limit));
      response.destroy();
    };
    if (Number(response.headers['content-length'] ?? 0) > limit) {
      refuse();
      return;
    }
    response.read({
      onData: (chunk) => {
        length += chunk.length;
        if (length > limit) refuse();
        else parts.push(chunk);
      },
      onEnd: () => {
        const [only] = parts;
        resolve(parts.length === 1 && only !== undefined ? only : Buffer.concat(parts));
      },
      onFailure: reject,
    });
  });
}

/** Returns an error for a compressed body. Requests accept none, because the decoded size has no limit. */
export function encodingOf(response: UpstreamResponse): ClarityError | undefined {
  const encoding = response.header('content-encoding') ?? 'identity';
  if (encoding.trim().toLowerCase() === 'identity') return undefined;
  return new ClarityError(
    'UPSTREAM_PROTOCOL',
    'the response is compressed, although the request accepts identity only',
  );
}

/** Reads and discards the rest of a body for up to `ms`, so that the connection can be reused. */
export function discard(response: UpstreamResponse, ms = 1_000): void {
  const timer = setTimeout(() => {
    response.destroy();
  }, ms);
  timer.unref();
  const stop = (): void => {
    clearTimeout(timer);
  };
  response.read({ onData: () => undefined, onEnd: stop, onFailure: stop });
}

const tooLarge = (limit: number): ClarityError =>
  new ClarityError('PAYLOAD_TOO_LARGE', `the reply is larger than ${String(limit)} bytes`);
