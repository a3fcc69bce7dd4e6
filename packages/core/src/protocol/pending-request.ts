import { ClarityError } from '../domain/errors/clarity-error.ts';
import type { McpReply, McpRequest } from '../domain/mcp/mcp.ts';
import type { RawJson } from '../domain/json/raw-json.ts';
import type { UpstreamRequestOptions } from '../ports/index.ts';
import type { OutgoingRequest } from './transport.ts';

interface EncodedRequest {
  readonly id: number;
  readonly request: McpRequest;
  readonly bytes: Uint8Array;
  readonly progressToken?: RawJson;
}

/** One request from its sending to its reply, a failure, a timeout or the abort of its signal. */
export class PendingRequest implements OutgoingRequest {
  readonly id: number;
  readonly request: McpRequest;
  readonly bytes: Uint8Array;
  readonly progressToken: RawJson | undefined;
  readonly options: UpstreamRequestOptions;
  readonly settled: Promise<McpReply>;
  readonly #totalDeadline: number;
  #idleDeadline: number;
  #isSent = false;
  #outcome: 'answered' | 'failed' | undefined;
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
    if (options.signal.aborted) this.#cancel();
    else options.signal.addEventListener('abort', this.#cancel, { once: true });
  }

  get maxReplyBytes(): number {
    return this.options.maxReplyBytes;
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

  /** Monotonic milliseconds of the earlier of the two deadlines; `Infinity` without a limit. */
  get deadline(): number {
    return Math.min(this.#totalDeadline, this.#idleDeadline);
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

  /** Fails the request if one of its deadlines has passed. */
  expire(now: number): void {
    const { totalMs, idleMs } = this.options;
    if (now >= this.#totalDeadline) this.fail(new ClarityError('CALL_TIMED_OUT', `it had ${String(totalMs)} ms`));
    else if (now >= this.#idleDeadline) {
      this.fail(new ClarityError('CALL_TIMED_OUT', `nothing came for ${String(idleMs)} ms`));
    }
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
    this.options.signal.removeEventListener('abort', this.#cancel);
    this.#settling?.abort(outcome);
    return true;
  }
}
