import type { Caller } from '../domain/access/caller.ts';
import { CancellationSource, toCancellation, type Cancellation } from '../domain/calls/cancellation.ts';
import { ClarityError } from '../domain/errors/clarity-error.ts';
import type { McpReply, McpRequest } from '../domain/mcp/mcp.ts';
import type { RawJson } from '../domain/json/raw-json.ts';
import type { UpstreamRequestOptions } from '../ports/index.ts';
import type { OutgoingRequest } from './transport.ts';

interface EncodedRequest {
  readonly id: number;
  readonly request: McpRequest;
  readonly bytes: Uint8Array;
  readonly progressToken?: RawJson | undefined;
}

/** One request from its sending to its reply, a failure, a timeout or the abort of its signal. */
export class PendingRequest implements OutgoingRequest {
  readonly id: number;
  readonly request: McpRequest;
  readonly bytes: Uint8Array;
  readonly progressToken: RawJson | undefined;
  readonly options: UpstreamRequestOptions;
  readonly settled: Promise<McpReply>;
  #totalDeadline: number;
  #idleDeadline: number;
  /** Open questions to the client, and the start of the first in monotonic milliseconds. */
  #questions = 0;
  #questionedAt = 0;
  #isSent = false;
  #outcome: 'answered' | 'failed' | undefined;
  readonly #cancellation: Cancellation;
  readonly failure = new CancellationSource();
  /** Created for a transport that reads `signal`. */
  #settling: AbortController | undefined;
  #resolve!: (reply: McpReply) => void;
  #reject!: (error: Error) => void;

  /** `now` is monotonic milliseconds. */
  constructor({ id, request, bytes, progressToken }: EncodedRequest, options: UpstreamRequestOptions, now: number) {
    this.id = id;
    this.request = request;
    this.bytes = bytes;
    this.progressToken = progressToken;
    this.options = options;
    this.#totalDeadline = options.totalMs > 0 ? now + options.totalMs : Infinity;
    this.#idleDeadline = options.idleMs > 0 ? now + options.idleMs : Infinity;
    this.settled = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#cancellation = toCancellation(options);
    if (this.#cancellation.isCancelled) this.#cancel();
    else this.#cancellation.subscribe(this.#cancel);
  }

  get caller(): Caller | undefined {
    return this.options.caller;
  }

  get maxReplyBytes(): number {
    return Math.max(this.options.maxReplyBytes, this.options.maxMediaBytes ?? 0);
  }

  get signal(): AbortSignal {
    this.#settling ??= new AbortController();
    if (this.#outcome !== undefined) this.#settling.abort(this.#outcome);
    return this.#settling.signal;
  }

  get isSent(): boolean {
    return this.#isSent;
  }

  get isSettled(): boolean {
    return this.#outcome !== undefined;
  }

  /** Monotonic milliseconds of the earlier of the two deadlines; `Infinity` without a limit or with an open question. */
  get deadline(): number {
    return this.#questions > 0 ? Infinity : Math.min(this.#totalDeadline, this.#idleDeadline);
  }

  sent(): void {
    if (this.#isSent) return;
    this.#isSent = true;
    this.options.onSent();
  }

  /** Restarts the idle timeout, because the service sent a message for this request. */
  touch(now: number): void {
    if (this.options.idleMs > 0) this.#idleDeadline = now + this.options.idleMs;
  }

  /** Stops both timeouts while the client answers a question of the service. */
  questionOpened(now: number): void {
    if (this.#questions === 0) this.#questionedAt = now;
    this.#questions += 1;
  }

  /** Continues the timeouts after the last answer. */
  questionClosed(now: number): void {
    this.#questions -= 1;
    if (this.#questions > 0) return;
    this.#totalDeadline += now - this.#questionedAt;
    this.touch(now);
  }

  /** Fails the request if one of its deadlines has passed. */
  expire(now: number): void {
    if (now < this.deadline) return;
    const { totalMs, idleMs } = this.options;
    const reason =
      now >= this.#totalDeadline
        ? `it had ${String(totalMs)} ms (spec.policy.maxTimeoutMs)`
        : `nothing came for ${String(idleMs)} ms (spec.policy.timeoutMs)`;
    this.fail(new ClarityError('CALL_TIMED_OUT', reason));
  }

  answer(reply: McpReply): void {
    if (this.#settle('answered')) this.#resolve(reply);
  }

  fail(error: Error): void {
    if (this.#settle('failed')) this.#reject(error);
  }

  readonly #cancel = (): void => {
    this.fail(new ClarityError('CALL_CANCELLED', ''));
  };

  #settle(outcome: 'answered' | 'failed'): boolean {
    if (this.#outcome !== undefined) return false;
    this.#outcome = outcome;
    this.#cancellation.unsubscribe(this.#cancel);
    this.#settling?.abort(outcome);
    if (outcome === 'failed') this.failure.cancel();
    return true;
  }
}
