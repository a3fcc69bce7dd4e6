import { ClarityError } from '../domain/errors/clarity-error.ts';
import type { McpNotification, McpReply, McpRequest } from '../domain/mcp/mcp.ts';
import type { RawJson } from '../domain/json/raw-json.ts';

/** Bounds of one request, and where what is said on the way goes: an `UpstreamRequestOptions` is one. */
export interface CallTerms {
  readonly signal: AbortSignal;
  /** Milliseconds; 0 is none. */
  readonly idleMs: number;
  readonly totalMs: number;
  readonly maxReplyBytes: number;
  onNotification(notification: McpNotification): void;
  onRequest(request: McpRequest): Promise<McpReply>;
  onSent(): void;
}

/** Runs `fire` once after that many milliseconds, unless what it returns is called before. */
export type StartTimer = (ms: number, fire: () => void) => () => void;

/** A request on its way, as the carrier sees it. */
export interface OutgoingRequest {
  readonly id: number;
  readonly request: McpRequest;
  readonly bytes: Uint8Array;
  readonly maxReplyBytes: number;
  /** Aborts when nobody waits for the reply any more; its reason is `answered` or `failed`. */
  readonly signal: AbortSignal;
  /** To be called before the service can have read it. */
  sent(): void;
}

interface Written {
  readonly id: number;
  readonly request: McpRequest;
  readonly bytes: Uint8Array;
  readonly progressToken?: RawJson;
}

interface Settle {
  readonly resolve: (reply: McpReply) => void;
  readonly reject: (error: Error) => void;
}

/** One request between its sending and its end: a reply, a failure, a bound that is used up, or an abort. */
export class PendingRequest implements OutgoingRequest {
  readonly id: number;
  readonly request: McpRequest;
  readonly bytes: Uint8Array;
  readonly maxReplyBytes: number;
  readonly progressToken: RawJson | undefined;
  readonly terms: CallTerms;
  readonly ended: Promise<McpReply>;
  #isSent = false;
  #isSettled = false;
  readonly #waiting = new AbortController();
  readonly #startTimer: StartTimer;
  readonly #settle: Settle;
  readonly #releases: (() => void)[] = [];
  #stopIdle: () => void = () => undefined;

  constructor({ id, request, bytes, progressToken }: Written, terms: CallTerms, startTimer: StartTimer) {
    this.id = id;
    this.request = request;
    this.bytes = bytes;
    this.progressToken = progressToken;
    this.terms = terms;
    this.maxReplyBytes = terms.maxReplyBytes;
    this.#startTimer = startTimer;
    let settle: Settle | undefined;
    this.ended = new Promise((resolve, reject) => {
      settle = { resolve, reject };
    });
    if (settle === undefined) throw new Error('a promise did not run');
    this.#settle = settle;
    this.#guard();
  }

  get signal(): AbortSignal {
    return this.#waiting.signal;
  }

  get isSent(): boolean {
    return this.#isSent;
  }

  get isSettled(): boolean {
    return this.#isSettled;
  }

  sent(): void {
    if (this.#isSent) return;
    this.#isSent = true;
    this.terms.onSent();
  }

  /** The service said something for this call. */
  touch(): void {
    if (this.#isSettled || this.terms.idleMs <= 0) return;
    this.#stopIdle();
    this.#stopIdle = this.#startTimer(this.terms.idleMs, () => {
      this.fail(new ClarityError('CALL_TIMED_OUT', `nothing came for ${String(this.terms.idleMs)} ms`));
    });
  }

  answer(reply: McpReply): void {
    this.#end('answered', () => {
      this.#settle.resolve(reply);
    });
  }

  fail(error: Error): void {
    this.#end('failed', () => {
      this.#settle.reject(error);
    });
  }

  #guard(): void {
    const { signal, totalMs } = this.terms;
    const cancel = (): void => {
      this.fail(new ClarityError('CALL_CANCELLED', ''));
    };
    signal.addEventListener('abort', cancel, { once: true });
    this.#releases.push(() => {
      signal.removeEventListener('abort', cancel);
    });
    if (totalMs > 0) {
      const late = new ClarityError('CALL_TIMED_OUT', `it had ${String(totalMs)} ms`);
      this.#releases.push(
        this.#startTimer(totalMs, () => {
          this.fail(late);
        }),
      );
    }
    this.touch();
    if (signal.aborted) cancel();
  }

  #end(how: 'answered' | 'failed', settle: () => void): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#stopIdle();
    for (const release of this.#releases) release();
    settle();
    this.#waiting.abort(how);
  }
}
