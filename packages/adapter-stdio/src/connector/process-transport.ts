import { ClarityError, systemClock, type McpNotification } from '@clarity-runtime/core';
import {
  cancellationOf,
  notificationBytes,
  type Transport,
  type OutgoingRequest,
} from '@clarity-runtime/core/protocol';
import { lineOf } from '../framing/line-framing.ts';
import type { GuardedChild } from '../process/process-system.ts';

/** Maximum bytes that may be pending for a process that does not read its stdin. */
const MAX_PENDING_BYTES = 16 * 1024 * 1024;

/** Milliseconds after a notice of a cancellation in which the end of a process is a consequence of it. */
const PROVOKED_MS = 2_000;

/** Writes each message as one line to the standard input of a process. */
export class ProcessTransport implements Transport {
  readonly #child: GuardedChild;
  readonly #sendsCancellations: boolean;
  #cancelledAt = -Infinity;

  /** `sendsCancellations`: false for a program that does not survive `notifications/cancelled`. */
  constructor(child: GuardedChild, sendsCancellations = true) {
    this.#child = child;
    this.#sendsCancellations = sendsCancellations;
  }

  /** Returns whether an end of the process now follows a notice of a cancellation. */
  get followsCancellation(): boolean {
    return systemClock.monotonic() - this.#cancelledAt <= PROVOKED_MS;
  }

  request(call: OutgoingRequest): Promise<void> {
    const { stdin, ended } = this.#child;
    if (!stdin.writable) {
      // The end of the process follows and has the better reason.
      return ended.then((reason) => Promise.reject(new ClarityError('UPSTREAM_LOST', reason)));
    }
    if (stdin.writableLength > MAX_PENDING_BYTES) {
      return Promise.reject(
        new ClarityError(
          'UPSTREAM_FAILED',
          `stdin of the process is full (${String(stdin.writableLength)} bytes pending)`,
        ),
      );
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

  abandon(call: OutgoingRequest): void {
    const cancellation = this.#sendsCancellations ? cancellationOf(call) : undefined;
    if (cancellation === undefined) return;
    this.#cancelledAt = systemClock.monotonic();
    this.notify(cancellation);
  }

  #write(bytes: Uint8Array): void {
    const { stdin } = this.#child;
    if (stdin.writable && stdin.writableLength <= MAX_PENDING_BYTES) stdin.write(lineOf(bytes));
  }
}
