import type { IncomingMessage } from 'node:http';
import { ClarityError } from '@clarity-runtime/core';

/**
 * Reads a whole body.
 * @throws ClarityError PAYLOAD_TOO_LARGE above `limit` bytes, UPSTREAM_LOST when the body ends early.
 */
export function readBounded(response: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let length = 0;
    const fail = (error: Error): void => {
      response.destroy();
      reject(error);
    };
    const declared = Number(response.headers['content-length'] ?? 0);
    if (declared > limit) {
      fail(tooLarge(limit));
      return;
    }
    response.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > limit) fail(tooLarge(limit));
      else parts.push(chunk);
    });
    response.once('end', () => {
      resolve(Buffer.concat(parts));
    });
    response.once('error', () => {
      reject(new ClarityError('UPSTREAM_LOST', 'the response ended early'));
    });
    response.once('close', () => {
      reject(new ClarityError('UPSTREAM_LOST', 'the response ended early'));
    });
  });
}

/** Returns an error for a compressed body. Requests accept none, because the decoded size has no limit. */
export function encodingOf({ headers }: IncomingMessage): ClarityError | undefined {
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding.trim().toLowerCase() === 'identity') return undefined;
  return new ClarityError(
    'UPSTREAM_PROTOCOL',
    'the response is compressed, although the request accepts identity only',
  );
}

/** Reads and discards the rest of a body for up to `ms`, so that the connection can be reused. */
export function discard(response: IncomingMessage, ms = 1_000): void {
  response.on('error', () => undefined);
  if (response.readableEnded || response.destroyed) return;
  const timer = setTimeout(() => {
    response.destroy();
  }, ms);
  timer.unref();
  response.once('close', () => {
    clearTimeout(timer);
  });
  response.resume();
}

const tooLarge = (limit: number): ClarityError =>
  new ClarityError('PAYLOAD_TOO_LARGE', `the reply is larger than ${String(limit)} bytes`);
