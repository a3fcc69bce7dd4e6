import { objectOf, membersOf } from '../../domain/json/json-members.ts';
import { RpcCode, type McpReply, type McpRequest, type McpNotification } from '../../domain/mcp/mcp.ts';
import { RawJson } from '../../domain/json/raw-json.ts';
import { sha256Hex } from '../../domain/json/digest.ts';
import type { LimitName } from '../../domain/audit/limit-name.ts';
import type { Clock, Entropy, Exchange, GatewayScope } from '../../ports/index.ts';
import { withProgressToken } from './progress-and-logs.ts';
import { hex } from '../../domain/text/hex.ts';

interface Question {
  readonly request: McpRequest;
  readonly answer: (reply: McpReply) => void;
}

const MAX_QUESTIONS = 16;
const TOO_MANY: McpReply = { error: { code: RpcCode.internalError, message: 'too many questions are open' } };

/** What a service has asked during one call and nobody has answered yet. */
export class PendingInputRequests {
  readonly #questions = new Map<string, Question>();
  readonly #refused: () => void;
  #count = 0;
  #wake: () => void = () => undefined;

  /** `refused` is told of each question too many. */
  constructor(refused: () => void) {
    this.#refused = refused;
  }

  ask(request: McpRequest): Promise<McpReply> {
    if (this.#questions.size >= MAX_QUESTIONS) {
      this.#refused();
      return Promise.resolve(TOO_MANY);
    }
    this.#count += 1;
    const key = `input_${String(this.#count)}`;
    return new Promise((resolve) => {
      this.#questions.set(key, { request, answer: resolve });
      this.#wake();
    });
  }

  /** Resolves once there is a question. */
  async wanted(): Promise<undefined> {
    if (this.#questions.size > 0) return undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    return undefined;
  }

  /** Answers to other questions than the open ones count for nothing; what is not answered stays open. */
  answer(results: ReadonlyMap<string, RawJson>): void {
    for (const [key, result] of results) {
      this.#questions.get(key)?.answer({ result });
      this.#questions.delete(key);
    }
  }

  /** The open questions as the modern revision puts them. */
  listed(): RawJson {
    const written = [...this.#questions].map(([key, { request }]) => {
      const members = new Map([
        ['method', RawJson.of(request.method)],
        ['params', objectOf(request.params)],
      ]);
      return [key, objectOf(members)] as const;
    });
    return objectOf(new Map(written));
  }
}

/** Sends the call, with an exchange that outlives the requests of the client. */
export type Begin = (exchange: {
  readonly signal: AbortSignal;
  readonly send: (notification: McpNotification) => void;
  readonly ask: (request: McpRequest) => Promise<McpReply>;
}) => Promise<McpReply>;

export interface Leg {
  readonly scope: GatewayScope;
  readonly request: McpRequest;
  readonly exchange: Exchange;
}

interface Parked {
  readonly binding: string;
  readonly reply: Promise<McpReply>;
  readonly inputs: PendingInputRequests;
  readonly control: AbortController;
  leg: Leg | undefined;
}

export const MAX_PARKED = 256;
export const PARKED_MS = 5 * 60_000;

const UNKNOWN_STATE: McpReply = {
  error: { code: RpcCode.invalidParams, message: 'params.requestState is not one of ours, or is over: call anew' },
};

/**
 * Calls of modern clients to legacy services that wait for their client. The client is told what is wanted and given a
 * handle; it comes back with the answers. A handle works once, for the same caller and the same request.
 */
export class InputRequiredCalls {
  readonly #clock: Clock;
  readonly #entropy: Entropy;
  readonly #refused: (what: LimitName) => void;
  readonly #parked = new Map<string, Parked>();

  constructor(clock: Clock, entropy: Entropy, refused: (what: LimitName) => void = () => undefined) {
    this.#clock = clock;
    this.#entropy = entropy;
    this.#refused = refused;
  }

  get size(): number {
    return this.#parked.size;
  }

  start(leg: Leg, begin: Begin): Promise<McpReply> {
    const inputs = new PendingInputRequests(() => {
      this.#refused('question.too_many');
    });
    const control = new AbortController();
    const call: { leg: Leg | undefined } = { leg };
    const reply = begin({
      signal: control.signal,
      send: (notification) => {
        const now = call.leg;
        const heard = now === undefined ? undefined : withProgressToken(notification, now.request.params);
        if (heard !== undefined) now?.exchange.send(heard);
      },
      ask: (request) => inputs.ask(request),
    });
    // Whoever waits hears of a failure; while it is parked nobody does.
    reply.catch(() => undefined);
    const parked: Parked = Object.assign(call, { binding: bindingOf(leg), reply, inputs, control });
    return this.#wait(parked, leg);
  }

  /** The next leg of a call: its request has a `requestState`. */
  resume(leg: Leg): Promise<McpReply> {
    const parked = this.#takeOut(leg);
    if (parked === undefined) return Promise.resolve(UNKNOWN_STATE);
    const answers = leg.request.params.get('inputResponses');
    parked.inputs.answer(answers === undefined ? new Map<string, RawJson>() : membersOf(answers));
    return this.#wait(parked, leg);
  }

  /** A client has hung up on the next leg before that got here: nobody will come for the call any more. */
  abandon(leg: Leg): void {
    this.#takeOut(leg)?.control.abort();
  }

  /** The call that a leg goes on with. */
  #takeOut(leg: Leg): Parked | undefined {
    const handle = leg.request.params.get('requestState')?.value;
    const parked = typeof handle === 'string' ? this.#parked.get(handle) : undefined;
    if (typeof handle !== 'string' || parked?.binding !== bindingOf(leg)) return undefined;
    this.#parked.delete(handle);
    return parked;
  }

  /** Until there is a reply or a question. A client that hangs up meanwhile has cancelled the whole call. */
  async #wait(parked: Parked, leg: Leg): Promise<McpReply> {
    const { signal } = leg.exchange;
    const cancel = (): void => {
      parked.control.abort();
    };
    if (signal.aborted) cancel();
    signal.addEventListener('abort', cancel, { once: true });
    parked.leg = leg;
    try {
      const reply = await Promise.race([parked.reply, parked.inputs.wanted()]);
      return reply === undefined ? this.#park(parked) : reply;
    } finally {
      signal.removeEventListener('abort', cancel);
      parked.leg = undefined;
    }
  }

  #park(parked: Parked): McpReply {
    if (this.#parked.size >= MAX_PARKED) {
      this.#refused('call.parked_too_many');
      parked.control.abort();
      return {
        error: { code: RpcCode.internalError, message: 'too many calls wait for their clients: try again later' },
      };
    }
    const handle = `clarity-${hex(this.#entropy.bytes(16))}`;
    this.#parked.set(handle, parked);
    void this.#clock.after(PARKED_MS).then(() => {
      if (this.#parked.get(handle) !== parked) return;
      this.#parked.delete(handle);
      parked.control.abort();
    });
    const result = new Map([
      ['resultType', RawJson.of('input_required')],
      ['inputRequests', parked.inputs.listed()],
      ['requestState', RawJson.of(handle)],
    ]);
    return { result: objectOf(result) };
  }
}

/** Who asks for what: the same for every leg of a call. */
function bindingOf({ scope, request: { method, params } }: Leg): string {
  const { kind, id } = scope.caller;
  const said = [...params].filter(([name]) => !['_meta', 'inputResponses', 'requestState'].includes(name));
  const written = said.map(([name, { text }]) => [name, text]).sort();
  return sha256Hex(JSON.stringify([kind, id, scope.service ?? null, method, written]));
}
