import type { IncomingMessage } from 'node:http';
import { ClarityError } from '@clarity-runtime/core';

/** The whole body, never more of it than `limit` bytes and what was under way; refuses a longer one. */
export function readBounded(answer: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let length = 0;
    const fail = (error: Error): void => {
      answer.destroy();
      reject(error);
    };
    const declared = Number(answer.headers['content-length'] ?? 0);
    if (declared > limit) {
      fail(tooLarge(limit));
      return;
    }
    answer.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > limit) fail(tooLarge(limit));
      else parts.push(chunk);
    });
    answer.once('end', () => {
      resolve(Buffer.concat(parts));
    });
    answer.once('error', () => {
      reject(new ClarityError('UPSTREAM_LOST', 'the answer broke off'));
    });
    answer.once('close', () => {
      reject(new ClarityError('UPSTREAM_LOST', 'the answer broke off'));
    });
  });
}

/** Compressed answers were not asked for, and what they unpack to has no bound. */
export function encodingOf({ headers }: IncomingMessage): ClarityError | undefined {
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding.trim().toLowerCase() === 'identity') return undefined;
  return new ClarityError('UPSTREAM_PROTOCOL', 'it sent a compressed answer, which was not asked for');
}

/** Lets the rest go by, for a moment, so that the connection can be used again. */
export function discard(answer: IncomingMessage, ms = 1_000): void {
  answer.on('error', () => undefined);
  if (answer.readableEnded || answer.destroyed) return;
  const timer = setTimeout(() => {
    answer.destroy();
  }, ms);
  timer.unref();
  answer.once('close', () => {
    clearTimeout(timer);
  });
  answer.resume();
}

const tooLarge = (limit: number): ClarityError =>
  new ClarityError('PAYLOAD_TOO_LARGE', `the reply is larger than ${String(limit)} bytes`);
