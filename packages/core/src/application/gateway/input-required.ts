import { callerRecord, type Caller } from '../../domain/access/caller.ts';
import { principalKey } from '../../domain/access/principal-key.ts';
import { FairPool } from '../../domain/calls/fair-pool.ts';
import { objectOf, membersOf } from '../../domain/json/json-members.ts';
import { RpcCode, type McpReply, type McpRequest, type McpNotification } from '../../domain/mcp/mcp.ts';
import { RawJson } from '../../domain/json/raw-json.ts';
import { sha256Hex } from '../../domain/json/digest.ts';
import type { LimitName } from '../../domain/audit/limit-name.ts';
import type { Clock, Entropy, Exchange, GatewayScope } from '../../ports/index.ts';
import { MAX_QUESTIONS, TOO_MANY_QUESTIONS } from './questions.ts';
import { withProgressToken } from './progress-and-logs.ts';
import { hex } from '../../domain/text/hex.ts';

interface PendingInput {
  readonly request: McpRequest;
  readonly answer: (reply: McpReply) => void;
}

/** Requests of a service during one call that the client has not answered yet. */
export class PendingInputRequests {
  readonly #pending = new Map<string, PendingInput>();
  readonly #onLimit: () => void;
  #count = 0;
  #notifyWaiter: () => void = () => undefined;

  /** Calls `onLimit` for each request over the limit of 16 requests of the call. */
  constructor(onLimit: () => void) {
    this.#onLimit = onLimit;
  }

  ask(request: McpRequest): Promise<McpReply> {
    if (this.#count >= MAX_QUESTIONS) {
      this.#onLimit();
      return Promise.resolve(TOO_MANY_QUESTIONS);
    }
    this.#count += 1;
    const key = `input_${String(this.#count)}`;
    return new Promise((resolve) => {
      this.#pending.set(key, { request, answer: resolve });
      this.#notifyWaiter();
    });
  }

  /** Resolves when a request is pending. */
  async whenPending(): Promise<undefined> {
    if (this.#pending.size > 0) return undefined;
    await new Promise<void>((resolve) => {
      this.#notifyWaiter = resolve;
    });
    return undefined;
  }

  /** Answers pending requests by key and ignores unknown keys. Unanswered requests stay pending. */
  answer(results: ReadonlyMap<string, RawJson>): void {
    for (const [key, result] of results) {
      this.#pending.get(key)?.answer({ result });
      this.#pending.delete(key);
    }
  }

  /** Returns the pending requests as `inputRequests` of a result (MCP 2026-07-28). */
  listed(): RawJson {
    const written = [...this.#pending].map(([key, { request }]) => {
      const members = new Map([
        ['method', RawJson.of(request.method)],
        ['params', objectOf(request.params)],
      ]);
      return [key, objectOf(members)] as const;
    });
    return objectOf(new Map(written));
  }
}

/** Sends the call with an exchange that outlives the requests of the client. */
export type Begin = (exchange: {
  readonly signal: AbortSignal;
  readonly send: (notification: McpNotification) => void;
  readonly ask: (request: McpRequest) => Promise<McpReply>;
}) => Promise<McpReply>;

/** One client request of a call: the first one or a continuation with `requestState`. */
export interface CallRound {
  readonly scope: GatewayScope;
  readonly request: McpRequest;
  readonly exchange: Exchange;
}

interface Parked {
  readonly binding: string;
  readonly reply: Promise<McpReply>;
  readonly inputs: PendingInputRequests;
  readonly control: AbortController;
  round: CallRound | undefined;
  /** Gives the place among the parked calls back; undefined while the call is not parked. */
  release?: (() => void) | undefined;
}

/** Maximum count of parked calls, and milliseconds until a parked call is cancelled. */
export const MAX_PARKED = 256;
export const PARKED_MS = 5 * 60_000;

const UNKNOWN_STATE: McpReply = {
  error: {
    code: RpcCode.invalidParams,
    message: 'params.requestState is unknown or expired: repeat the call without it',
  },
};

/**
 * Calls of modern clients to legacy services that wait for input of their client (SEP-2322).
 * A result `input_required` contains the requests and a handle in `requestState`. A handle works once, for the same
 * caller and the same request.
 */
export class InputRequiredCalls {
  readonly #clock: Clock;
  readonly #entropy: Entropy;
  readonly #onLimit: (limit: LimitName) => void;
  readonly #parked = new Map<string, Parked>();
  readonly #pool = new FairPool(MAX_PARKED);

  constructor(clock: Clock, entropy: Entropy, onLimit: (limit: LimitName) => void = () => undefined) {
    this.#clock = clock;
    this.#entropy = entropy;
    this.#onLimit = onLimit;
  }

  get size(): number {
    return this.#parked.size;
  }

  start(round: CallRound, begin: Begin): Promise<McpReply> {
    const inputs = new PendingInputRequests(() => {
      this.#onLimit('question.too_many');
    });
    const control = new AbortController();
    const call: { round: CallRound | undefined } = { round };
    const reply = begin({
      signal: control.signal,
      send: (notification) => {
        const now = call.round;
        const forwarded = now === undefined ? undefined : withProgressToken(notification, now.request.params);
        if (forwarded !== undefined) now?.exchange.send(forwarded);
      },
      ask: (request) => inputs.ask(request),
    });
    // Prevents an unhandled rejection while the call is parked; `#wait` reports the failure.
    reply.catch(() => undefined);
    const parked: Parked = Object.assign(call, { binding: bindingOf(round), reply, inputs, control });
    return this.#wait(parked, round);
  }

  /** Continues a call with a request that contains `requestState`. */
  resume(round: CallRound): Promise<McpReply> {
    const parked = this.#unpark(round);
    if (parked === undefined) return Promise.resolve(UNKNOWN_STATE);
    const answers = round.request.params.get('inputResponses');
    parked.inputs.answer(answers === undefined ? new Map<string, RawJson>() : membersOf(answers));
    return this.#wait(parked, round);
  }

  /** Returns whether a request continues a parked call. */
  holds(round: CallRound): boolean {
    const handle = round.request.params.get('requestState')?.value;
    return typeof handle === 'string' && this.#parked.get(handle)?.binding === bindingOf(round);
  }

  /** Cancels the parked call, because the client cancelled the request that continues it. */
  abandon(round: CallRound): void {
    this.#unpark(round)?.control.abort();
  }

  /** Removes and returns the parked call that a request continues. */
  #unpark(round: CallRound): Parked | undefined {
    const handle = round.request.params.get('requestState')?.value;
    const parked = typeof handle === 'string' ? this.#parked.get(handle) : undefined;
    if (typeof handle !== 'string' || parked?.binding !== bindingOf(round)) return undefined;
    this.#parked.delete(handle);
    parked.release?.();
    return parked;
  }

  /** Waits for the reply or for a pending request. A client that disconnects meanwhile cancels the whole call. */
  async #wait(parked: Parked, round: CallRound): Promise<McpReply> {
    const { signal } = round.exchange;
    const cancel = (): void => {
      parked.control.abort();
    };
    if (signal.aborted) cancel();
    signal.addEventListener('abort', cancel, { once: true });
    parked.round = round;
    try {
      const reply = await Promise.race([parked.reply, parked.inputs.whenPending()]);
      return reply === undefined ? this.#park(parked, round.scope.caller) : reply;
    } finally {
      signal.removeEventListener('abort', cancel);
      parked.round = undefined;
    }
  }

  #park(parked: Parked, caller: Caller): McpReply {
    const handle = `clarity-${hex(this.#entropy.bytes(16))}`;
    const cancel = (): void => {
      this.#parked.delete(handle);
      parked.control.abort();
    };
    parked.release = this.#pool.take(principalKey(caller), () => {
      this.#onLimit('call.parked_too_many');
      cancel();
    });
    if (parked.release === undefined) {
      this.#onLimit('call.parked_too_many');
      parked.control.abort();
      return {
        error: { code: RpcCode.internalError, message: 'too many calls wait for input: try again later' },
      };
    }
    this.#parked.set(handle, parked);
    void this.#clock.after(PARKED_MS).then(() => {
      if (this.#parked.get(handle) !== parked) return;
      parked.release?.();
      cancel();
    });
    const result = new Map([
      ['resultType', RawJson.of('input_required')],
      ['inputRequests', parked.inputs.listed()],
      ['requestState', RawJson.of(handle)],
    ]);
    return { result: objectOf(result) };
  }
}

/** Returns a digest of caller, endpoint and request, equal for every request of one call. */
function bindingOf({ scope, request: { method, params } }: CallRound): string {
  const { kind, id } = callerRecord(scope.caller);
  const bound = [...params].filter(([name]) => !['_meta', 'inputResponses', 'requestState'].includes(name));
  const written = bound.map(([name, { text }]) => [name, text]).sort();
  return sha256Hex(JSON.stringify([kind, id, scope.service ?? null, method, written]));
}
