import { ClarityError, RawJson, type McpNotification } from '@clarity-runtime/core';
import { notificationBytes, type Transport, type OutgoingRequest } from '@clarity-runtime/core/protocol';
import { lineOf } from '../framing/line-framing.ts';
import type { GuardedChild } from '../process/guarded-child.ts';

/** Bytes that may wait for a process that does not read its input. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;

/** Writes each message as one line to the standard input of a process. */
export class ProcessTransport implements Transport {
  readonly #child: GuardedChild;

  constructor(child: GuardedChild) {
    this.#child = child;
  }

  request(call: OutgoingRequest): Promise<void> {
    const { stdin } = this.#child;
    if (!stdin.writable) return Promise.reject(new ClarityError('UPSTREAM_LOST', 'its input is closed'));
    if (stdin.writableLength > MAX_WAITING_BYTES) {
      return Promise.reject(new ClarityError('UPSTREAM_FAILED', 'the process does not read its input'));
    }
    call.sent();
    stdin.write(lineOf(call.bytes));
    return Promise.resolve();
  }

  notify(notification: McpNotification): void {
    this.#write(notificationBytes(notification));
  }

  answer(bytes: Uint8Array): void {
    this.#write(bytes);
  }

  abandon({ id, request }: OutgoingRequest): void {
    // These two open the conversation and cannot be taken back.
    if (request.method === 'initialize' || request.method === 'server/discover') return;
    const params = new Map([['requestId', RawJson.of(id)]]);
    this.notify({ method: 'notifications/cancelled', params });
  }

  #write(bytes: Uint8Array): void {
    const { stdin } = this.#child;
    if (stdin.writable && stdin.writableLength <= MAX_WAITING_BYTES) stdin.write(lineOf(bytes));
  }
}
